import type { Client } from "@okta/okta-sdk-nodejs";
import type { Call } from "../../../baton/connector.ts";
import { keepCompiled } from "../../../runtime/compile-cache.ts";
import { Failure } from "../../../runtime/failure.ts";
import type { OktaClient, RawRequest } from "../client.ts";
import type { WireAnswer } from "../http/transport.ts";

/** The typed calls of Okta's SDK that this program makes. */
export type OktaSdk = Pick<
  Client,
  "userApi" | "groupApi" | "applicationApi" | "roleAssignmentApi" | "resourceSetApi" | "customRoleApi" | "apiTokenApi"
>;

/** Carries a request of the SDK's to Okta. */
export type Exchange = (request: RawRequest) => Promise<WireAnswer>;

/** Makes the SDK's typed calls for the org at `orgUrl`, over a transport of ours. */
export type SdkMaker = (orgUrl: string, exchange: Exchange) => OktaSdk;

/** Headers that are ours to set. */
const OURS = new Set(["authorization", "user-agent", "accept-encoding", "host", "connection", "content-length"]);

let loading: Promise<SdkMaker> | undefined;
let loaded: SdkMaker | undefined;

/** The SDK where it is loaded. */
export function loadedSdk(): SdkMaker | undefined {
  return loaded;
}

/** Loads the SDK, once: it takes a few hundred milliseconds from its own files, some tens from a bundle that is compiled. */
export async function loadSdk(): Promise<SdkMaker> {
  loading ??= load();
  try {
    loaded = await loading;
    return loaded;
  } catch (cause) {
    loading = undefined;
    throw new Failure({
      kind: "internal",
      message: "Okta's SDK could not be loaded, so nothing was sent",
      advice: "install the program anew",
      cause,
    });
  }
}

/**
 * Okta's SDK, working through our own client: credentials, rate limits, retries and proxies are the client's, and what
 * Okta refuses comes as a {@link Failure}. `call` bounds every request made with what is returned.
 */
export async function oktaSdk(client: OktaClient, call: Call): Promise<OktaSdk> {
  const make = await loadSdk();
  return make(client.origin.url, (request) => client.raw({ ...request, mustSucceed: true }, call));
}

/** What the SDK's generated part gives: it has no types of its own. */
interface Generated {
  createConfiguration(parts: object): object;
  ServerConfiguration: new (url: string, variables: object) => object;
  wrapHttpLibrary(library: { send(context: RequestContext): Promise<unknown> }): object;
  ResponseContext: new (status: number, headers: object, body: object) => unknown;
  apis: Record<string, new (configuration: object) => object>;
}

/** A request as the SDK's generated part makes it. */
interface RequestContext {
  getUrl(): string;
  getHttpMethod(): string;
  getHeaders(): Record<string, unknown>;
  getBody(): unknown;
}

/**
 * The generated part alone: the SDK's client around it brings another transport and OAuth of its own, and takes settings
 * from okta.yaml and OKTA_CLIENT_*, none of which may change which org is talked to.
 */
async function load(): Promise<SdkMaker> {
  keepCompiled();
  const { default: generated } = (await import("./generated.ts")) as { default: Generated };
  const { createConfiguration, ServerConfiguration, wrapHttpLibrary, ResponseContext, apis } = generated;
  return (orgUrl, exchange) => {
    const httpApi = wrapHttpLibrary({
      async send(context) {
        const answer = await exchange(requestOf(context));
        const body = { text: async () => answer.body.toString("utf8"), binary: async () => answer.body };
        return new ResponseContext(answer.status, headersOf(answer.headers), body);
      },
    });
    const configuration = createConfiguration({ baseServer: new ServerConfiguration(orgUrl, {}), httpApi });
    const made = new Map<string, object>();
    return new Proxy({} as OktaSdk, {
      get(_, name: string) {
        const Api = apis[name];
        if (Api === undefined) return undefined;
        const api = made.get(name) ?? new Api(configuration);
        made.set(name, api);
        return api;
      },
    });
  };
}

function requestOf(context: RequestContext): RawRequest {
  const method = context.getHttpMethod().toUpperCase();
  const headers = Object.entries(context.getHeaders())
    .map(([name, value]) => [name.toLowerCase(), String(value)] as const)
    .filter(([name]) => !OURS.has(name));
  const body = context.getBody();
  return {
    method,
    path: context.getUrl(),
    headers: Object.fromEntries(headers),
    ...(body === undefined || body === null ? {} : { body: bytesOf(body) }),
    // What POST and PATCH do may be done twice where they are sent twice.
    repeatable: method !== "POST" && method !== "PATCH",
  };
}

function headersOf(from: WireAnswer["headers"]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(from)) {
    if (value !== undefined) headers[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value;
  }
  return headers;
}

function bytesOf(body: unknown): string | Buffer {
  if (typeof body === "string" || Buffer.isBuffer(body)) {
    return body;
  }
  throw new Failure({ kind: "unimplemented", message: "only JSON is sent to Okta by way of its SDK" });
}
