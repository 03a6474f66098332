import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/runtime/clock.ts";
import { silentLog } from "../../src/runtime/log/log.ts";
import { noMetrics } from "../../src/runtime/metrics/metrics.ts";
import { createHandler } from "../../src/scim/server/handler.ts";
import { startScimServer } from "../../src/scim/server/server.ts";
import { TokenCheck } from "../../src/scim/server/tokens/check.ts";
import { openScimStore, type ScimStore } from "../../src/scim/store/store.ts";

export const TOKEN = "a-token-for-tests-only";

/** An answer, with its body as JSON (`{}` for none). */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever comes
  readonly body: any;
}

/** A receiver in this process, and a client that speaks as Okta does. */
export interface TestReceiver {
  readonly url: string;
  readonly store: ScimStore;
  send(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answered>;
  close(): Promise<void>;
}

/** Starts a receiver on loopback over a store: one in memory, a file or PostgreSQL. */
export async function startReceiver(location = ":memory:"): Promise<TestReceiver> {
  const folder = mkdtempSync(join(tmpdir(), "baton-okta-scim-"));
  const tokenFile = join(folder, "tokens");
  writeFileSync(tokenFile, `okta:${TOKEN}\n`);
  const store = await openScimStore(location);
  const tokens = new TokenCheck(tokenFile, systemClock, silentLog);
  await tokens.open();
  const handler = createHandler({ store, tokens, clock: systemClock, log: silentLog, metrics: noMetrics });
  const server = await startScimServer({ host: "127.0.0.1", port: 0, handler, log: silentLog });
  return {
    url: server.url,
    store,
    send: (...request) => send(server.url, ...request),
    async close() {
      const stopped = server.stop();
      server.kill();
      await stopped;
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Sends a request with the headers that Okta sends. */
export async function send(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      "user-agent": "Okta SCIM Client 1.0.0",
      accept: "application/scim+json",
      "content-type": "application/scim+json; charset=utf-8",
      authorization: `Bearer ${TOKEN}`,
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? {} : JSON.parse(text) };
}

/** A user as Okta creates one. */
export function oktaUser(n: number | string, more: object = {}) {
  return {
    schemas: [
      "urn:ietf:params:scim:schemas:core:2.0:User",
      "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    ],
    userName: `u${n}@acme.example`,
    externalId: `00u${n}`,
    name: { givenName: "Given", familyName: `Family ${n}` },
    emails: [{ primary: true, value: `u${n}@acme.example`, type: "work" }],
    displayName: `Given Family ${n}`,
    locale: "en-US",
    active: true,
    groups: [],
    password: "hunter2-hunter2",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { department: "R&D", employeeNumber: `E${n}` },
    ...more,
  };
}

/** A group as Okta creates one. */
export function oktaGroup(displayName: string, members: readonly string[] = []) {
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
    displayName,
    members: members.map((value) => ({ value, display: "somebody" })),
  };
}

/** A patch with some operations. */
export function patch(...operations: readonly object[]) {
  return { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: operations };
}
