import { Failure } from "../../runtime/failure.ts";
import type { CommandModule } from "../command.ts";
import { readSettings, requireAccess } from "../settings.ts";
import { hideSecrets, passwordIn } from "../terminal/process-title.ts";

/** `serve`: the connector over gRPC, until it is told to stop. */
export const run: CommandModule["run"] = async ({ argv, env, output }) => {
  const { values, positionals, operation } = await readSettings(argv, env, output);
  hideSecrets([
    ...[values["api-token"], values["okta-private-key"], values["client-secret"]],
    ...[passwordIn(values.store), passwordIn(values["lease-store"] ?? "")],
  ]);
  if (positionals.length > 0) {
    throw new Failure({
      kind: "usage",
      message: `serve takes no argument ${JSON.stringify(positionals[0])}`,
      advice: "an address is given with --listen",
    });
  }
  if (operation !== undefined) {
    throw new Failure({ kind: "usage", message: "serve answers calls and does nothing else by itself" });
  }
  if ((values["tls-cert"] === undefined) !== (values["tls-key"] === undefined)) {
    throw new Failure({ kind: "usage", message: "--tls-cert and --tls-key go together" });
  }
  if (values["tls-client-ca"] !== undefined && values["tls-cert"] === undefined) {
    throw new Failure({ kind: "usage", message: "--tls-client-ca needs --tls-cert and --tls-key" });
  }
  requireAccess(values);
  const { serveConnector } = await import("../daemon/serve.ts");
  return await serveConnector(values, env, output);
};
