import { readFileSync } from "node:fs";
import { isLoopback } from "../../baton/rpc/server/address.ts";
import { Failure } from "../../runtime/failure.ts";
import { Secret } from "../../runtime/secrets/secret.ts";
import type { PageOptions } from "../../web/page.ts";
import type { RoleLists } from "../../web/sign-in/roles.ts";
import type { ExploreValues } from "./settings.ts";

/** How people get in: what of {@link PageOptions} the flags decide. */
export type SignInOptions = Pick<PageOptions, "publicUrl" | "provider" | "roles">;

/** Reads how people get in, and refuses what would let in more than was meant. Throws a {@link Failure} of kind `usage`. */
export function signInOptions(values: ExploreValues, host: string): SignInOptions {
  const publicUrl = publicUrlOf(values);
  const issuer = values["oidc-issuer"];
  const roles: RoleLists = {
    viewer: values["oidc-viewers"],
    reviewer: values["oidc-reviewers"],
    owner: values["oidc-owners"],
  };
  if (issuer === undefined) {
    refuseHalf(values, roles);
    if (!isLoopback(host) && !values.insecure) {
      throw usage(
        `${values.listen} is not this machine's own address, and nobody would have to sign in`,
        "give --oidc-issuer with its flags, or --insecure where whoever gets the address may see everything",
      );
    }
    if (!isLoopback(host) && publicUrl === undefined && ["0.0.0.0", "::"].includes(host)) {
      throw usage("a page that is served on every address has to know its own", "give --public-url");
    }
    return { publicUrl };
  }
  if (Object.values(roles).every((list) => list.length === 0)) {
    throw usage("nobody could get in", "give --oidc-viewers, --oidc-reviewers or --oidc-owners");
  }
  if (!isLoopback(host) && publicUrl === undefined) {
    throw usage("the provider has to send people back to the page", "give --public-url, where the proxy serves it");
  }
  const clientId = values["oidc-client-id"];
  if (clientId === undefined) throw usage("--oidc-issuer needs --oidc-client-id");
  const provider = {
    issuer: httpsUrl("--oidc-issuer", issuer, false),
    clientId,
    clientSecret: secretOf(values),
    groupsClaim: values["oidc-groups-claim"],
  };
  return { publicUrl, provider, roles };
}

function refuseHalf(values: ExploreValues, roles: RoleLists): void {
  const given = values["oidc-client-id"] ?? values["oidc-client-secret"] ?? values["oidc-client-secret-file"];
  if (given !== undefined || Object.values(roles).some((list) => list.length > 0)) {
    throw usage("flags that begin with --oidc need --oidc-issuer", "name the provider where people sign in");
  }
}

function publicUrlOf(values: ExploreValues): URL | undefined {
  const text = values["public-url"];
  if (text === undefined) return undefined;
  const url = httpsUrl("--public-url", text, values.insecure);
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw usage("--public-url takes an address without a path", "the page is served at the root of a host of its own");
  }
  return url;
}

/** By http only on this machine, where nobody listens in. */
function httpsUrl(flag: string, text: string, insecure: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const fits =
    url !== undefined && ["http:", "https:"].includes(url.protocol) && url.username === "" && url.password === "";
  if (!fits) throw usage(`${flag} takes an address, not ${JSON.stringify(text)}`, "write it as https://acme.okta.com");
  const own = isLoopback(url.hostname.replace(/^\[|\]$/g, ""));
  if (url.protocol === "http:" && !own && !insecure) {
    throw usage(`${flag} is to begin with https`, "by http, who listens in could sign in as anybody");
  }
  return url;
}

function secretOf(values: ExploreValues): Secret | undefined {
  const [secret, file] = [values["oidc-client-secret"], values["oidc-client-secret-file"]];
  if (file === undefined) return secret;
  if (secret !== undefined) throw usage("the client's secret is given twice", "leave one of them out");
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Failure({ kind: "usage", message: `${file} cannot be read (${code ?? "unknown reason"})`, cause });
  }
  if (text === "") throw usage(`${file} is empty`, "write the client's secret into it");
  return new Secret(text);
}

function usage(message: string, advice?: string): Failure {
  return new Failure({ kind: "usage", message, ...(advice !== undefined && { advice }) });
}
