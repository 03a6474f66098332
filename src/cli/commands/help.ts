import { didYouMean } from "../../runtime/did-you-mean.ts";
import { Failure } from "../../runtime/failure.ts";
import type { CommandModule } from "../command.ts";
import { EXIT } from "../exit.ts";
import { helpFor, helpNames } from "../help/help.ts";
import { textWidth } from "../terminal/layout.ts";

/** `help [COMMAND | TOPIC]`. */
export const run: CommandModule["run"] = async ({ argv, output }) => {
  const width = textWidth(process.stdout.columns);
  const [name, more] = argv.filter((word) => !word.startsWith("-"));
  if (more !== undefined && name !== "snapshot" && name !== "completion") {
    throw new Failure({ kind: "usage", message: "help takes one command or topic", advice: "see baton-okta help" });
  }
  const text = helpFor(name, width);
  if (text === undefined) {
    const suggestion = didYouMean(name!, helpNames());
    throw new Failure({
      kind: "usage",
      message: `there is no help on ${JSON.stringify(name)}`,
      advice: suggestion === undefined ? `there is on ${helpNames().join(", ")}` : `did you mean ${suggestion}?`,
    });
  }
  output.out(text);
  return EXIT.done;
};
