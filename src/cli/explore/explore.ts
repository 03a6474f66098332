import { isLoopback, parseListen } from "../../baton/rpc/server/address.ts";
import { openForQuestions } from "../../baton/snapshot/reader.ts";
import { systemClock } from "../../runtime/clock.ts";
import { onShutdown, whenAborted } from "../../runtime/shutdown.ts";
import { version } from "../../runtime/version.ts";
import { pageAssets } from "../../web/assets.ts";
import { childJobs } from "../../web/jobs/child.ts";
import { servePage } from "../../web/page.ts";
import { Picture } from "../../web/picture/picture.ts";
import { openObservation } from "../daemon/observation.ts";
import { stopWithin } from "../daemon/stop.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { openLogs } from "../logs.ts";
import type { Output } from "../terminal/output.ts";
import { openInBrowser } from "./browser.ts";
import { jobCommand } from "./job-command.ts";
import type { ExploreValues } from "./settings.ts";
import { signInOptions } from "./sign-in.ts";

/** How long requests under way may take to end after the first signal, in milliseconds. */
const STOP_TIMEOUT_MS = 5_000;

/** Serves the page of a snapshot until a signal comes. */
export async function explore(file: string, values: ExploreValues, output: Output): Promise<ExitCode> {
  const { host, port } = parseListen(values.listen);
  const signIn = signInOptions(values, host);
  const clock = systemClock;
  const logs = openLogs(values, output, output.err);
  const observation = await openObservation(values, logs.log, clock);
  const { log, health } = observation;
  const ending = new AbortController();
  const shutdown = onShutdown((times) => {
    health?.stopping();
    if (times > 1) ending.abort();
  });
  try {
    const assets = pageAssets();
    assets.catch(() => {});
    const opened = { noCache: values["no-cache"], tempDir: values["c1z-temp-dir"] };
    await using reader = await openForQuestions(file, opened);
    const picture = new Picture(reader, childJobs(jobCommand({ file, sha256: reader.sha256, ...opened })), values.sync);
    try {
      const page = await servePage({
        ...{ picture, host, port, clock, log, version },
        ...signIn,
        assets: await assets,
        org: values.org ?? "",
      });
      health?.add("page", async () => {}, { vital: true });
      log.info("serving the page", { listen: values.listen, version });
      output.out(`Open ${page.address}\n`);
      if (!values["no-open"] && isLoopback(host)) openInBrowser(page.address, log);
      picture.prepare();
      await new Promise<void>((resolve) => whenAborted(shutdown.stop, resolve));
      log.info("stopping");
      await stopWithin(STOP_TIMEOUT_MS, page, ending, clock);
      log.info("stopped");
      return EXIT.done;
    } finally {
      await picture.close();
    }
  } catch (error) {
    logs.failed(error);
    throw error;
  } finally {
    shutdown.dispose();
    await observation.close();
  }
}
