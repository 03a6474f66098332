import { readFileSync } from "node:fs";

/** Names the time since the machine was started, where the system says (Linux); else nothing. */
export function machineRun(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
  } catch {
    return "";
  }
}
