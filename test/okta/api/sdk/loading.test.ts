import { expect, test } from "vitest";
import { loadedSdk } from "../../../../src/okta/api/sdk/sdk.ts";
import { throughSdk } from "../../../../src/okta/api/sdk/typed-client.ts";
import { aCall, clientOf, json, serve } from "../okta-server.ts";

// One test: the SDK is loaded once in a process.
test("reading never loads the SDK; the read before a change starts to, and does not wait for it", async () => {
  const server = await serve((request, response) => json(response, request.url.includes("?") ? [] : { id: "00u1" }));
  const typed = throughSdk(clientOf(server.url), server.url);
  await typed.list("/api/v1/users?limit=200", aCall());
  await typed.get("/api/v1/users/00u1", aCall());
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(loadedSdk()).toBeUndefined();
  const changing = aCall({ audit: () => {} });
  expect(await typed.get("/api/v1/users/00u1", changing)).toEqual({ id: "00u1" });
  await typed.send("POST", "/api/v1/users/00u1/lifecycle/suspend", changing, { repeatable: false });
  expect(loadedSdk()).toBeDefined();
});

test("a list before a change starts to load it as well", async () => {
  const server = await serve((_, response) => json(response, []));
  const typed = throughSdk(clientOf(server.url), server.url);
  await typed.list("/api/v1/users/00u1/groups?limit=200", aCall({ audit: () => {} }));
  expect(loadedSdk()).toBeDefined();
});
