import type { Notice, Notify } from "../runtime/config/config.ts";
import type { FlagValues } from "./flags/flags.ts";
import type { Output } from "./terminal/output.ts";

/** What is worth a warning about the settings of a run, kept until there is a log for it. */
export class Notices {
  readonly #kept: Notice[] = [];

  /** Keeps a notice. */
  readonly add: Notify = (notice) => void this.#kept.push(notice);

  /** Warns of what was kept, in the log that the settings ask for. */
  async report(values: Pick<FlagValues, LogFlags>, output: Output): Promise<void> {
    if (this.#kept.length === 0) return;
    // Loaded here: most runs have nothing to be warned of before their own log is open.
    const { openLogs } = await import("./logs.ts");
    const { log } = openLogs(values, output, output.err);
    for (const { message, fields } of this.#kept.splice(0)) log.warn(message, fields);
  }
}

type LogFlags = "log-level" | "log-format" | "log-path" | "log-level-debug-expires-at";
