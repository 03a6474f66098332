import { createHash } from "node:crypto";
import type { Credentials } from "../okta/api/auth/credentials.ts";
import { readPrivateKey } from "../okta/api/auth/private-key.ts";
import { type Capabilities, scopesFor } from "../okta/api/auth/scopes.ts";
import { configFileOf } from "../runtime/config/file.ts";
import { Secret } from "../runtime/secrets/secret.ts";
import type { FlagValues } from "./flags/flags.ts";
import { requireAccess } from "./settings.ts";

/** What is done besides reading: OAuth asks for the scopes of it. */
export type Uses = Pick<Capabilities, "logs" | "provisioning"> & {
  /** Exactly these scopes, where one change is all that is done. */
  readonly scopes?: readonly string[];
};

/** The credentials that the settings give. `types`: the resource types that are read, where not all are. */
export async function readCredentials(
  values: FlagValues,
  types: readonly string[] | undefined,
  uses: Uses = {},
): Promise<Credentials> {
  requireAccess(values);
  if (values["auth-method"] === "api-token-group") return { kind: "apiToken", token: values["api-token"]! };
  const read = async () => {
    const { key, keyId } = await readPrivateKey(values["okta-private-key"]!);
    // A key file that rotate wrote says which key it is: it is replaced while settings stay.
    return { key, keyId: keyId ?? values["okta-private-key-id"]!.trim() };
  };
  return {
    kind: "oauthKey",
    // Files and secrets of clusters end in a line break, which belongs to no id.
    clientId: values["okta-client-id"]!.trim(),
    ...(await read()),
    reread: read,
    scopes:
      uses.scopes ??
      scopesFor({
        secrets: values["sync-secrets"],
        reach: values["sync-reach"],
        customRoles: values["sync-custom-roles"],
        devices: types === undefined || types.includes("device"),
        ...uses,
      }),
  };
}

/** The same credentials; an API token that the configuration file holds is read there anew once Okta does not take it. */
export async function replaceable(credentials: Credentials, env: NodeJS.ProcessEnv): Promise<Credentials> {
  const file = configFileOf(env);
  if (credentials.kind !== "apiToken" || file === undefined) return credentials;
  const { tokenOf } = await import("./leases/rotate/token-file.ts");
  const inFile = async () => (await tokenOf(file))?.trim();
  // What comes from a flag or the environment is replaced there.
  if ((await inFile().catch(() => undefined)) !== credentials.token.reveal().trim()) return credentials;
  return {
    ...credentials,
    async reread() {
      const found = await inFile();
      return found === undefined ? undefined : new Secret(found);
    },
  };
}

/** A digest of whose access credentials give, from which they do not follow. */
export function identityOf(credentials: Credentials): string {
  const whose =
    credentials.kind === "apiToken"
      ? [credentials.token.reveal()]
      : [credentials.clientId, ...[...credentials.scopes].sort()];
  return createHash("sha256")
    .update(JSON.stringify([credentials.kind, ...whose]))
    .digest("base64url");
}
