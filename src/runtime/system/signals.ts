import { HOST, isWindows, type System } from "./system.ts";

/**
 * The signals by which a run is asked to end: Ctrl-C, service managers, a terminal that closes; on Windows Ctrl-Break too,
 * which is what a parent can send to one process alone. Windows never sends `SIGTERM`: ending a task there kills it.
 * Source: Node's documentation of signal events.
 */
export function shutdownSignals(system: System = HOST): readonly NodeJS.Signals[] {
  return isWindows(system) ? ["SIGINT", "SIGBREAK", "SIGHUP", "SIGTERM"] : ["SIGINT", "SIGTERM", "SIGHUP"];
}
