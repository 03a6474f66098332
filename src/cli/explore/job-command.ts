import { isSea } from "node:sea";
import type { JobCommand } from "../../web/jobs/child.ts";

/** Which snapshot is worked on beside the page. */
export interface JobFile {
  readonly file: string;
  /** What it was when the page was opened, in hex. */
  readonly sha256: string;
  readonly noCache: boolean;
  readonly tempDir: string | undefined;
}

/** How this program is started once more, beside itself, to work things out of a snapshot: as it was started itself. */
export function jobCommand(file: JobFile): JobCommand {
  const program = isSea() ? [] : [...process.execArgv, process.argv[1]!];
  return { command: process.execPath, args: [...program, "explore-jobs", JSON.stringify(file)] };
}
