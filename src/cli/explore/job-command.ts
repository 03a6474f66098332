import { isSea } from "node:sea";
import type { JobCommand } from "../../web/jobs/child.ts";

/** How this program is started once more, beside itself, to work things out of a snapshot: as it was started itself. */
export function jobCommand(file: string): JobCommand {
  const program = isSea() ? [] : [...process.execArgv, process.argv[1]!];
  return { command: process.execPath, args: [...program, "explore-jobs", file] };
}
