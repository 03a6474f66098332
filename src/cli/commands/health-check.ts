import { get } from "node:http";
import { fromEnvironment, resolveSettings } from "../../runtime/config/config.ts";
import { fromFile } from "../../runtime/config/file.ts";
import { Failure } from "../../runtime/failure.ts";
import { urlOf } from "../../runtime/http/port.ts";
import { parseArguments } from "../arguments.ts";
import type { CommandModule } from "../command.ts";
import { EXIT } from "../exit.ts";
import { FLAGS } from "../flags/flags.ts";
import { HEALTH_CHECK_FLAGS } from "../flags/health.ts";

/** `health-check`: asks the program that runs on this machine how it is. Exit code 0 for a good answer only. */
export const run: CommandModule["run"] = async ({ argv, env, output }) => {
  // In a container the environment is that of the program which is asked: flags of its may stand there, and here too.
  const { flags, positionals } = parseArguments(argv, { ...FLAGS, ...HEALTH_CHECK_FLAGS });
  if (positionals.length > 0) {
    throw new Failure({ kind: "usage", message: `health-check takes no argument ${JSON.stringify(positionals[0])}` });
  }
  const environment = fromEnvironment(FLAGS, env);
  const file = await fromFile(FLAGS, env);
  const { values } = resolveSettings(HEALTH_CHECK_FLAGS, { flags, environment, file });
  const url = `${urlOf(values["health-check-bind-address"], values["health-check-port"])}/${values.endpoint}`;
  const { status, body } = await ask(url, values.timeout * 1000);
  if (status !== 200) {
    throw new Failure({
      kind: "unavailable",
      message: `${url} answered HTTP ${status}: ${body.trim().slice(0, 1000)}`,
    });
  }
  output.out(`${body.trim()}\n`);
  return EXIT.done;
};

function ask(url: string, timeoutMs: number): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown) =>
      reject(
        new Failure({
          kind: "unavailable",
          message: `nothing healthy at ${url}: ${why}`,
          advice: "the program serves health where it was started with --health-check",
          cause,
        }),
      );
    const request = get(url, { agent: false, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.once("end", () => resolve({ status: response.statusCode ?? 0, body }));
      response.once("error", (error) => fail("the answer broke off", error));
    });
    request.once("error", (error: NodeJS.ErrnoException) =>
      fail(
        error.name === "AbortError" || error.name === "TimeoutError"
          ? `no answer within ${timeoutMs / 1000} s`
          : (error.code ?? error.message),
        error,
      ),
    );
  });
}
