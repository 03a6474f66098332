import { homedir } from "node:os";

/**
 * The operating system, as far as this program depends on which one it is. What differs between systems is decided in
 * this folder and nowhere else, from one of these, so that a test can be on a system that it does not run on.
 */
export interface System {
  /** As `process.platform` names it: `win32` on every Windows. */
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  /** The user's own folder. */
  readonly home: string;
}

/** The system that the program runs on. */
export const HOST: System = {
  platform: process.platform,
  env: process.env,
  get home() {
    return homedir();
  },
};

/** Whether it is Windows. */
export function isWindows({ platform }: Pick<System, "platform">): boolean {
  return platform === "win32";
}
