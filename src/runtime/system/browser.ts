import { HOST, isWindows, type System } from "./system.ts";

/** What opens an address in the browser: the program and what stands before the address. */
export function browserCommand(system: System = HOST): { readonly command: string; readonly args: readonly string[] } {
  if (isWindows(system)) return { command: "rundll32", args: ["url.dll,FileProtocolHandler"] };
  return { command: system.platform === "darwin" ? "open" : "xdg-open", args: [] };
}

/**
 * Whether a process that is started apart from the terminal (`detached`) has no window of its own: on Windows it gets one.
 */
export function detachesQuietly(system: System = HOST): boolean {
  return !isWindows(system);
}
