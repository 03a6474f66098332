import { Failure } from "../../runtime/failure.ts";
import type { ExitCode } from "../exit.ts";
import type { FlagValues } from "../flags/flags.ts";
import type { Output } from "../terminal/output.ts";
import type { RunOperation } from "./operation.ts";
import type { OperationName } from "./operations.ts";

/** The code of each operation, loaded when it is asked for. */
const CODE: Readonly<Partial<Record<OperationName, () => Promise<RunOperation>>>> = {
  grant: async () => (await import("../change/operations.ts")).grant,
  revoke: async () => (await import("../change/operations.ts")).revoke,
  createAccount: async () => (await import("../change/operations.ts")).createAccount,
  delete: async () => (await import("../change/operations.ts")).remove,
  invokeAction: async () => (await import("../change/operations.ts")).invokeAction,
  listActions: async () => (await import("../change/operations.ts")).listActions,
  rotate: async () => (await import("../change/operations.ts")).rotate,
  compact: async () => (await import("../snapshot/compact.ts")).compact,
  diff: async () => (await import("../snapshot/compact.ts")).difference,
  events: async () => (await import("../daemon/events.ts")).printEvents,
  service: async () => (await import("../daemon/service.ts")).runAsService,
};

/** Runs an operation in place of a sync. Throws a `Failure` of kind `usage` for one that this version does not have. */
export async function runOperation(
  name: OperationName,
  values: FlagValues,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<ExitCode> {
  const load = CODE[name];
  if (load === undefined) {
    throw new Failure({ kind: "usage", message: "what was asked for is not available in this version" });
  }
  const run = await load();
  return await run(values, env, output);
}
