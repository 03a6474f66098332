import type { Call } from "../../../baton/connector.ts";
import { Failure } from "../../../runtime/failure.ts";
import type { OktaClient } from "../client.ts";
import { attemptOf } from "../pages/pages.ts";
import { type Exchange, loadedSdk, loadSdk, type SdkMaker } from "./sdk.ts";
import { typedCall } from "./typed-calls.ts";

/** What reads and changes objects. */
type Objects = Pick<OktaClient, "list" | "get" | "send">;

/**
 * The client, but that changes and reads of one object are made by the typed calls of Okta's SDK. It is loaded while the
 * read that precedes a change is under way, and that read does not wait for it: so a program that changes nothing never
 * loads it. Lists are read as JSON.
 *
 * The SDK makes the requests; what is sent, how often, and what comes of the answer is the client's. Its models know
 * only a part of what Okta knows, so that the answer is what Okta wrote, and so is what is sent.
 */
export function throughSdk(client: Objects, orgUrl: string): Objects {
  return {
    list(path, call, options) {
      const page = client.list(path, call, options);
      loadBeforeChange(call);
      return page;
    },
    async get<T>(path: string, call: Call, options: Parameters<Objects["get"]>[2]) {
      const make = loadedSdk();
      const typed = typedCall("GET", path, undefined);
      if (make === undefined || typed === undefined) {
        const found = client.get<T>(path, call, options);
        loadBeforeChange(call);
        return found;
      }
      return made(make, orgUrl, typed, "GET", path, () => client.get<T>(path, call, options));
    },
    async send<T>(method: string, path: string, call: Call, options: Parameters<Objects["send"]>[3]) {
      const typed = typedCall(method, path, options.body);
      if (typed === undefined) {
        const message = "this program has no typed call for what it was about to send; nothing was sent";
        throw new Failure({ kind: "internal", message, attempted: attemptOf(method, path) });
      }
      const make = loadedSdk() ?? (await loadSdk());
      return made(make, orgUrl, typed, method, path, () => client.send<T>(method, path, call, options));
    },
  };
}

/** Begins to load the SDK where the call is going to change something: it is audited then. A change tells of a failure. */
function loadBeforeChange(call: Call): void {
  if (call.audit !== undefined && loadedSdk() === undefined) void loadSdk().catch(() => {});
}

/** Makes a typed call, whose one request `exchange` carries; answers or throws what that does. */
async function made<T>(
  make: SdkMaker,
  orgUrl: string,
  typed: NonNullable<ReturnType<typeof typedCall>>,
  method: string,
  path: string,
  exchange: () => Promise<T>,
): Promise<T> {
  let ended: { readonly value: T } | { readonly error: unknown } | undefined;
  let astray: string | undefined;
  const carry: Exchange = async (request) => {
    const asked = `${request.method} ${pathOf(request.path)}`;
    if (ended !== undefined || asked !== `${method} ${pathOf(path)}`) astray = asked;
    if (astray !== undefined) throw new Error("astray");
    try {
      ended = { value: await exchange() };
    } catch (error) {
      ended = { error };
      throw error;
    }
    const { value } = ended;
    return { status: value === undefined ? 204 : 200, headers: JSON_HEADERS, body: bodyOf(value) };
  };
  try {
    await typed(make(orgUrl, carry));
  } catch {
    // Either the exchange failed, which is thrown below, or the models cannot take what is sent or answered.
  }
  if (astray !== undefined) {
    const message = "Okta's SDK asks for something else than was wanted; that was not sent";
    throw new Failure({ kind: "internal", message, attempted: attemptOf(method, path) });
  }
  if (ended === undefined) return exchange();
  if ("error" in ended) throw ended.error;
  return ended.value;
}

const JSON_HEADERS = { "content-type": "application/json" };

function bodyOf(value: unknown): Buffer {
  return Buffer.from(value === undefined ? "" : JSON.stringify(value));
}

/** Without origin and query: what a typed call cannot say of the query is added by whoever sends. */
function pathOf(path: string): string {
  const { pathname } = new URL(path, "https://okta.invalid");
  return pathname.split("/").map(decodeURIComponent).join("\n");
}
