import { EventEmitter } from "node:events";
import type { Client } from "@okta/okta-sdk-nodejs";
import type { Call } from "../../baton/connector.ts";
import { Failure } from "../../runtime/failure.ts";
import type { OktaClient } from "./client.ts";

/** A request as the SDK hands it to its executor. */
interface SdkRequest {
  readonly url: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What the SDK reads of an answer: the part of node-fetch's `Response` that it uses. */
interface SdkResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly url: string;
  readonly headers: Headers;
  text(): Promise<string>;
  json(): Promise<unknown>;
  buffer(): Promise<Buffer>;
}

/** Headers that are ours to set. */
const OURS = new Set(["authorization", "user-agent", "accept-encoding", "host", "connection", "content-length"]);

/**
 * Okta's SDK, working through our own client: credentials, rate limits, retries and proxies are the client's, and what
 * Okta refuses comes as a {@link Failure}. The SDK is loaded on the first call, which takes a second. `call` bounds
 * every request made with what is returned.
 */
export async function oktaSdk(client: OktaClient, call: Call): Promise<Client> {
  const [{ default: sdk }, { default: loader }] = await Promise.all([
    import("@okta/okta-sdk-nodejs"),
    // @ts-expect-error The SDK has no types for this file.
    import("@okta/okta-sdk-nodejs/src/config-loader.js"),
  ]);
  // The SDK would take settings from okta.yaml and OKTA_CLIENT_*, and fails on such a file that is empty.
  loader.ConfigLoader.prototype.applyDefaults = () => {};
  return new sdk.Client({
    orgUrl: client.origin.url,
    authorizationMode: "SSWS",
    // Never sent: the client sets its own header.
    token: "unused",
    clientId: "",
    scopes: [],
    privateKey: "",
    keyId: "",
    cacheMiddleware: null,
    requestExecutor: new Executor(client, call) as never,
  });
}

class Executor extends EventEmitter {
  readonly #client: OktaClient;
  readonly #call: Call;

  constructor(client: OktaClient, call: Call) {
    super();
    this.#client = client;
    this.#call = call;
  }

  async fetch(request: SdkRequest): Promise<SdkResponse> {
    const method = request.method.toUpperCase();
    const headers = Object.entries(request.headers ?? {})
      .map(([name, value]) => [name.toLowerCase(), String(value)] as const)
      .filter(([name]) => !OURS.has(name));
    const answer = await this.#client.raw(
      {
        method,
        path: request.url,
        headers: Object.fromEntries(headers),
        ...(request.body === undefined || request.body === null ? {} : { body: bytesOf(request.body) }),
        // What POST and PATCH do may be done twice where they are sent twice.
        repeatable: method !== "POST" && method !== "PATCH",
        mustSucceed: true,
      },
      this.#call,
    );
    const text = answer.body.toString("utf8");
    return {
      ok: true,
      status: answer.status,
      url: request.url,
      headers: headersOf(answer.headers),
      text: async () => text,
      json: async () => JSON.parse(text),
      buffer: async () => answer.body,
    };
  }
}

function headersOf(from: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(from)) {
    for (const one of Array.isArray(value) ? value : value === undefined ? [] : [value]) {
      headers.append(name, one);
    }
  }
  return headers;
}

function bytesOf(body: unknown): string | Buffer {
  if (typeof body === "string" || Buffer.isBuffer(body)) {
    return body;
  }
  throw new Failure({ kind: "unimplemented", message: "only JSON is sent to Okta by way of its SDK" });
}
