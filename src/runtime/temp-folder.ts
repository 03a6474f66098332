import { tmpdir } from "node:os";

/** The folder for temporary files where no setting names one: `BATON_TMPDIR`, else the system's. */
export function tempFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.BATON_TMPDIR || tmpdir();
}
