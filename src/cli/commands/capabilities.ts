import { type JsonObject, toJson } from "@bufbuild/protobuf";
import { capabilitiesOf } from "../../baton/model/capabilities.ts";
import { registry } from "../../baton/model/registry.ts";
import { ConnectorCapabilitiesSchema } from "../../gen/c1/connector/v2/connector_pb.ts";
import { Failure } from "../../runtime/failure.ts";
import { parseArguments } from "../arguments.ts";
import type { CommandModule } from "../command.ts";
import { COMMANDS } from "../commands.ts";
import { EXIT } from "../exit.ts";
import { offlineConnector } from "../offline.ts";

/** `capabilities`: what the connector can do with everything switched on. */
export const run: CommandModule["run"] = async ({ argv, output }) => {
  const { positionals } = parseArguments(argv, COMMANDS.capabilities!.flags);
  if (positionals.length > 0) throw new Failure({ kind: "usage", message: "capabilities takes no arguments" });
  const capabilities = toJson(ConnectorCapabilitiesSchema, capabilitiesOf(offlineConnector()), { registry });
  const type = `type.googleapis.com/${ConnectorCapabilitiesSchema.typeName}`;
  output.out(`${JSON.stringify({ "@type": type, ...(capabilities as JsonObject) }, null, 2)}\n`);
  return EXIT.done;
};
