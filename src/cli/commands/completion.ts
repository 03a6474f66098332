import { Failure } from "../../runtime/failure.ts";
import { parseArguments } from "../arguments.ts";
import type { CommandModule } from "../command.ts";
import { COMMANDS } from "../commands.ts";
import { EXIT } from "../exit.ts";
import { completionScript, SHELLS } from "../help/completion.ts";

/** `completion SHELL`. */
export const run: CommandModule["run"] = async ({ argv, output }) => {
  const { positionals } = parseArguments(argv, COMMANDS.completion!.flags);
  const shell = SHELLS.find((name) => name === positionals[0]);
  if (shell === undefined || positionals.length > 1) {
    throw new Failure({
      kind: "usage",
      message: "completion takes the name of a shell",
      advice: `write one of ${SHELLS.join(", ")}`,
    });
  }
  output.out(completionScript(shell));
  return EXIT.done;
};
