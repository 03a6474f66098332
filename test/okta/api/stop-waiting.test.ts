import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import type { OktaClientOptions } from "../../../src/okta/api/create-client.ts";
import { isFailure } from "../../../src/runtime/failure.ts";
import { FakeClock, settled } from "./fake-clock.ts";
import { aCall, clientOf, json, oktaError, rejection, type Seen, serve } from "./okta-server.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const OAUTH: OktaClientOptions["credentials"] = {
  kind: "oauthKey",
  clientId: "0oa1",
  key: privateKey,
  keyId: "k",
  scopes: ["okta.users.read"],
};

type Answer = (request: Seen, response: Parameters<typeof json>[0], clock: FakeClock) => void;
const limited: Answer = (_, response, clock) =>
  json(response, oktaError("E0000047", "limit"), 429, {
    date: new Date(clock.now()).toUTCString(),
    ...{ "x-rate-limit-limit": "600", "x-rate-limit-remaining": "0" },
    "x-rate-limit-reset": String(Math.floor(clock.now() / 1000) + 50),
  });
const broken: Answer = (_, response) => json(response, {}, 503);
const silent: Answer = () => {};

test.each([
  ["a limit's window", limited, undefined],
  ["another try", broken, undefined],
  ["an access token", silent, OAUTH],
  ["another try for an access token", broken, OAUTH],
] as const)(
  "whoever waits for %s is told at once that the program stops, and whoever comes later",
  async (_, answer, credentials) => {
    const clock = new FakeClock();
    const server = await serve((request, response) => answer(request, response, clock));
    const client = clientOf(server.url, { clock, ...(credentials && { credentials }) });
    const waiting = rejection(client.get("/api/v1/users/1", aCall()));
    await expect
      .poll(async () => settled().then(() => server.seen.length + clock.sleeping))
      .toBeGreaterThan(answer === silent ? 0 : 1);
    client.stopWaiting();
    for (const error of [await waiting, await rejection(client.get("/api/v1/users/2", aCall()))]) {
      expect(isFailure(error, "unavailable"), String(error)).toBe(true);
      expect(String(error)).toContain("is stopping");
    }
  },
);

test("requests under way, and others that need not wait, go on", async () => {
  let answerNow = () => {};
  const server = await serve((request, response) => {
    if (request.url.endsWith("/1")) answerNow = () => json(response, { id: "1" });
    else json(response, { id: "2" });
  });
  const client = clientOf(server.url);
  const first = client.get("/api/v1/users/1", aCall());
  await expect.poll(() => server.seen.length).toBe(1);
  client.stopWaiting();
  expect(await client.get("/api/v1/apps/2", aCall())).toEqual({ id: "2" });
  answerNow();
  expect(await first).toEqual({ id: "1" });
});
