import { openSnapshot } from "../../src/baton/snapshot/reader.ts";
import { CHANGE_DANGERS } from "../../src/okta/risks/changes.ts";
import { RISKS } from "../../src/okta/risks/risks.ts";
import { type Clock, systemClock } from "../../src/runtime/clock.ts";
import { silentLog } from "../../src/runtime/log/log.ts";
import { inProcessJobs } from "../../src/web/jobs/in-process.ts";
import { type PageOptions, servePage } from "../../src/web/page.ts";
import { Picture } from "../../src/web/picture/picture.ts";
import { goldenPath } from "../baton/model/golden.ts";

/** A page that stands for the real one. */
export const STAND_IN = {
  html: { type: "text/html; charset=utf-8", text: "<!doctype html><title>page</title>" },
  files: { "/assets/page-ABCDEFGH.js": { type: "text/javascript; charset=utf-8", text: "export {};" } },
};

export interface ServedOptions extends Partial<PageOptions> {
  readonly file?: string;
  readonly sync?: string;
}

/** Somebody who looks at a served page. */
export interface Visitor {
  readonly origin: string;
  readonly cookie: string;
  /** What requests that change something have to bring. */
  readonly csrf: string;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** The JSON of an answer that has to be 200. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever a test expects of it.
  json(path: string): Promise<any>;
}

/** Serves a snapshot (the golden one) in this process. */
export async function served({ file = goldenPath("reference.c1z"), sync, ...options }: ServedOptions = {}) {
  const clock: Clock = options.clock ?? systemClock;
  const reader = await openSnapshot(file, { clock });
  const picture = new Picture(reader, inProcessJobs({ reader, rules: RISKS, dangers: CHANGE_DANGERS }), sync);
  const page = await servePage({
    ...{ picture, assets: STAND_IN, host: "127.0.0.1", port: 0, org: "", version: "1.2.3", clock, log: silentLog },
    ...options,
  });
  const { origin } = new URL(page.address);
  return {
    ...{ page, picture, origin },
    /** Lets somebody in by the address's token. */
    async visit(): Promise<Visitor> {
      const answer = await fetch(page.address, { redirect: "manual" });
      const cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
      const get = (path: string, headers = {}) => fetch(`${origin}${path}`, { headers: { cookie, ...headers } });
      const json = async (path: string) => {
        const got = await get(path);
        if (got.status !== 200) throw new Error(`${path}: ${got.status} ${await got.text()}`);
        return await got.json();
      };
      const { csrf } = await json("/api/session");
      return { origin, cookie, csrf, get, json };
    },
    async close() {
      page.kill();
      await page.stop();
      await picture.close();
      await reader.close();
    },
  };
}
