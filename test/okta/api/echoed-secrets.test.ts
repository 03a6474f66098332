import type http from "node:http";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import type { WriteStep } from "../../../src/baton/connector.ts";
import { describeError, stackLines } from "../../../src/cli/errors.ts";
import type { ClientEvent } from "../../../src/okta/api/client.ts";
import { Secret } from "../../../src/runtime/secrets/secret.ts";
import { FastClock } from "./fake-clock.ts";
import { aCall, clientOf, json, rejection, serve } from "./okta-server.ts";

const TOKEN = "00Qh7/vTz+9LmWc4=RbXy2KpNsD8eJf";
const PASSWORD = "kR7#vLq2&Zw9";

/** How a server may write what it was sent. */
const FORMS: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  lower: (text) => text.toLowerCase(),
  url: encodeURIComponent,
  "lower url": (text) => encodeURIComponent(text).toLowerCase(),
  cut: (text) => text.slice(0, Math.max(8, Math.floor(text.length * 0.6))),
  end: (text) => text.slice(-Math.max(8, Math.floor(text.length * 0.6))),
};

/** Whether a text shows a piece of a secret that is long enough to be of use, however it is written. */
function shows(text: string, secret: string): boolean {
  const plain = text
    .replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    .toLowerCase();
  for (let i = 0; i + 8 <= secret.length; i++) {
    if (plain.includes(secret.slice(i, i + 8).toLowerCase())) return true;
  }
  return false;
}

/** Every text that may come of an error: what people are told, all its parts, and what it came from, with stacks. */
const all = (error: unknown) =>
  [JSON.stringify(describeError(error)), inspect(error, { depth: 9 }), ...stackLines(error)].join("\n");

type Quote = (response: http.ServerResponse, said: string, host: string) => void;

/** Where a server may write it. */
const PLACES: Readonly<Record<string, Quote>> = {
  errorSummary: (r, said) => json(r, { errorCode: "E0000011", errorSummary: `Invalid token ${said}` }, 401),
  errorCauses: (r, said) => json(r, { errorCode: "E1", errorSummary: "x", errorCauses: [{ errorSummary: said }] }, 400),
  errorCode: (r, said) => json(r, { errorCode: said, errorSummary: "Invalid token" }, 403),
  error: (r, said) => json(r, { error: said, error_description: said }, 400),
  "the request id": (r, said) => json(r, { errorCode: "E0000009" }, 400, { "x-okta-request-id": header(said) }),
  "the request id of a limit": (r, said) => json(r, {}, 429, { "x-okta-request-id": header(said), "retry-after": "0" }),
  "the challenge": (r, said) =>
    json(r, {}, 403, { "www-authenticate": `Bearer error="insufficient_scope", scope="${header(said)}"` }),
  "the host of a link": (r, said) => json(r, [], 200, { link: `<https://${hostOf(said)}.example/next>; rel="next"` }),
  "what is no JSON": (r, said) => {
    r.writeHead(200, { "content-type": "application/json" });
    r.end(said);
  },
};

const header = (text: string) => text.replace(/[^!-~]/g, "");
const hostOf = (text: string) => `${text}`.replace(/[^A-Za-z0-9.-]/g, "").slice(0, 60);

describe.each(Object.entries(PLACES))("a token quoted in %s", (_place, quote) => {
  test.each(Object.entries(FORMS))("(%s) is told to nobody", async (_form, form) => {
    const server = await serve((_, response) => quote(response, form(TOKEN), server.url));
    const logged: ClientEvent[] = [];
    const seen: unknown[] = [];
    const steps: WriteStep[] = [];
    const client = clientOf(server.url, {
      credentials: { kind: "apiToken", token: new Secret(TOKEN) },
      clock: new FastClock(),
      log: (event) => logged.push(event),
      onAnswer: (answer) => seen.push(answer),
    });
    const call = aCall({ audit: (step) => steps.push(step) });
    const read = await client.list("/api/v1/users", call).catch((error: unknown) => error);
    const got = await client.get("/api/v1/users/00u1", call).catch((error: unknown) => error);
    const sent = await client
      .send("POST", "/api/v1/users", call, { body: {}, repeatable: false })
      .catch((error: unknown) => error);
    const errors = [read, got, sent].filter((end) => end instanceof Error);
    expect(errors).not.toEqual([]);
    const told = [...errors.map(all), JSON.stringify([logged, seen, steps])].join("\n");
    expect(shows(told.replaceAll(server.url, ""), TOKEN), told).toBe(false);
  });
});

describe.each(Object.entries(PLACES))("a password quoted in %s", (place, quote) => {
  test.each(Object.entries(FORMS))("(%s) is told to nobody", async (_form, form) => {
    const server = await serve((_, response) => quote(response, form(PASSWORD), server.url));
    const steps: WriteStep[] = [];
    const client = clientOf(server.url, { clock: new FastClock() });
    const call = aCall({ secret: new Secret(PASSWORD), audit: (step) => steps.push(step) });
    const sent = client.send("POST", "/api/v1/users", call, { body: {}, repeatable: false });
    const end = await sent.catch((error: unknown) => error);
    if (place !== "the host of a link") expect(end).toBeInstanceOf(Error);
    const told = `${all(end)}\n${JSON.stringify(steps)}`;
    expect(shows(told, PASSWORD), told).toBe(false);
  });
});

test("an access token that was refused and is quoted is told to nobody", async () => {
  const { authorizeWithKey } = await import("../../../src/okta/api/auth/oauth.ts");
  const { generateKeyPairSync } = await import("node:crypto");
  const { systemClock } = await import("../../../src/runtime/clock.ts");
  const { ServerTime } = await import("../../../src/okta/api/limits/server-time.ts");
  const { createTransport } = await import("../../../src/okta/api/http/transport.ts");
  const { RateLimitHeaders } = await import("../../../src/okta/api/limits/headers.ts");
  const { parseDomain } = await import("../../../src/okta/api/http/domain.ts");
  let assertion = "";
  let refuse = false;
  const server = await serve((request, response) => {
    assertion = new URLSearchParams(request.body).get("client_assertion") ?? "";
    if (refuse) json(response, { error: "invalid_client", error_description: `no: ${assertion.toLowerCase()}` }, 401);
    else json(response, { access_token: TOKEN, token_type: "Bearer", expires_in: 3600, scope: "okta.users.read" });
  });
  const origin = parseDomain(server.url);
  const transport = createTransport(origin, { env: {} });
  const serverTime = new ServerTime(systemClock);
  const log = () => {};
  const limits = new RateLimitHeaders({ clock: systemClock, serverTime, log });
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const authorizer = authorizeWithKey(
    { kind: "oauthKey", clientId: "0oa1", key: privateKey, keyId: "k", scopes: ["okta.users.read"] },
    {
      ...{ origin, transport, clock: systemClock, serverTime, limits, random: () => 0, userAgent: "test", log },
      stopping: new AbortController().signal,
    },
  );
  const headers = await authorizer.headers("GET", "/api/v1/users");
  authorizer.seen({ status: 401, headers: {}, body: Buffer.alloc(0) }, headers);
  expect(authorizer.scrub(`not ${TOKEN}`)).toBe("not [redacted]");
  refuse = true;
  const error = await rejection(Promise.resolve(authorizer.headers("GET", "/api/v1/users")));
  expect(shows(all(error), assertion), all(error)).toBe(false);
  expect(all(error)).toContain("[redacted]");
  transport.close();
});
