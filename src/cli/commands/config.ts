import { toJson } from "@bufbuild/protobuf";
import { ConfigurationSchema } from "../../gen/c1/config/v1/config_pb.ts";
import { Failure } from "../../runtime/failure.ts";
import { parseArguments } from "../arguments.ts";
import type { CommandModule } from "../command.ts";
import { COMMANDS } from "../commands.ts";
import { configuration } from "../configuration.ts";
import { EXIT } from "../exit.ts";

/** `config`: what a platform's form asks for. */
export const run: CommandModule["run"] = async ({ argv, output }) => {
  const { positionals } = parseArguments(argv, COMMANDS.config!.flags);
  if (positionals.length > 0) throw new Failure({ kind: "usage", message: "config takes no arguments" });
  output.out(`${JSON.stringify(toJson(ConfigurationSchema, configuration()), null, 2)}\n`);
  return EXIT.done;
};
