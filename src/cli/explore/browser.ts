import { spawn } from "node:child_process";
import type { Log } from "../../runtime/log/log.ts";
import { browserCommand, detachesQuietly } from "../../runtime/system/browser.ts";

/** Opens an address in the browser, where there is one. That there is none is no failure: the address was printed. */
export function openInBrowser(address: string, log: Log): void {
  const { command, args } = browserCommand();
  try {
    const child = spawn(command, [...args, address], { stdio: "ignore", detached: detachesQuietly() });
    child.once("error", () => log.debug("no browser could be opened"));
    child.unref();
  } catch {
    log.debug("no browser could be opened");
  }
}
