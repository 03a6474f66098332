import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";
import type { Call } from "../../../src/baton/connector.ts";
import type { OktaClient } from "../../../src/okta/api/client.ts";
import { createOktaClient, type OktaClientOptions } from "../../../src/okta/api/create-client.ts";
import { parseDomain } from "../../../src/okta/api/http/domain.ts";
import { Secret } from "../../../src/runtime/secrets/secret.ts";

/** A request as a test server saw it, its body whole. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface TestServer {
  readonly url: string;
  readonly seen: Seen[];
}

export type Handler = (request: Seen, response: http.ServerResponse, number: number) => void;

const open: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) {
    await close();
  }
});

/** Runs when the test ends. */
export function atEnd(close: () => unknown): void {
  open.push(close);
}

/** An HTTP server on loopback for the length of a test; `handler` is told how many requests came before. */
export async function serve(handler: Handler): Promise<TestServer> {
  const seen: Seen[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one = {
        method: request.method!,
        url: request.url!,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      seen.push(one);
      handler(one, response, seen.length - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

/** Answers JSON. */
export function json(
  response: http.ServerResponse,
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string | string[]>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

/** Okta's error object. */
export function oktaError(code: string, summary: string): object {
  return { errorCode: code, errorSummary: summary, errorLink: code, errorId: "oae1", errorCauses: [] };
}

export const TOKEN = "00very-secret-token-value";

/** A client for the length of a test. */
export function clientOf(url: string, options: Partial<OktaClientOptions> = {}): OktaClient {
  const client = createOktaClient({
    origin: parseDomain(url),
    credentials: { kind: "apiToken", token: new Secret(TOKEN) },
    userAgent: "baton-okta/test",
    random: () => 0.5,
    ...options,
  });
  atEnd(() => client.close());
  return client;
}

/** A call that nothing ends. */
export function aCall(parts: Partial<Call> = {}): Call {
  return { signal: new AbortController().signal, ...parts };
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it did not reject");
}
