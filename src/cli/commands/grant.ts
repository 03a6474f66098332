import { changeCommand } from "../change/command.ts";
import type { CommandModule } from "../command.ts";

/** `grant ENTITLEMENT PRINCIPAL`, or many of them `--from FILE`. */
export const run: CommandModule["run"] = changeCommand("grant");
