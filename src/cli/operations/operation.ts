import type { ExitCode } from "../exit.ts";
import type { FlagValues } from "../flags/flags.ts";
import type { Output } from "../terminal/output.ts";

/** Does what flags alone ask for. */
export type RunOperation = (values: FlagValues, env: NodeJS.ProcessEnv, output: Output) => Promise<ExitCode>;
