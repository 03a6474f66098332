import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { oktaSdk } from "../../../../src/okta/api/sdk/sdk.ts";
import { FastClock } from "../fake-clock.ts";
import { aCall, clientOf, json, oktaError, rejection, serve, TOKEN } from "../okta-server.ts";

const VARIABLES = { ORGURL: "https://elsewhere.invalid", TOKEN: "other", AUTHORIZATIONMODE: "PrivateKey" };
const before = { ...process.env };
const folderBefore = process.cwd;

beforeEach(async () => {
  for (const [name, value] of Object.entries(VARIABLES)) {
    process.env[`OKTA_CLIENT_${name}`] = value;
  }
});
afterEach(() => {
  process.env = { ...before };
  process.cwd = folderBefore;
});

test("the SDK reads and writes through the client, whatever its environment and files say", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sdk-"));
  // The SDK fails on such a file by itself.
  await writeFile(join(folder, "okta.yaml"), "");
  process.cwd = () => folder;
  const server = await serve((request, response, n) => {
    if (n === 0) {
      json(response, oktaError("E0000009", "once"), 503);
    } else if (request.method === "GET") {
      json(response, { id: "00g1", type: "OKTA_GROUP", profile: { name: "Sales", objectClass: [] } });
    } else if (request.method === "DELETE") {
      response.writeHead(204).end();
    } else {
      json(response, { id: "00g2", profile: JSON.parse(request.body).profile });
    }
  });
  const client = clientOf(server.url, { clock: new FastClock() });
  const sdk = await oktaSdk(client, aCall());
  const read = await sdk.groupApi.getGroup({ groupId: "00g1" });
  expect(read.profile?.name).toBe("Sales");
  const made = await sdk.groupApi.createGroup({ group: { profile: { name: "New" } } as never });
  expect(made.id).toBe("00g2");
  await sdk.groupApi.unassignUserFromGroup({ groupId: "00g1", userId: "00u1" });
  expect(server.seen.map((s) => `${s.method} ${s.url}`)).toEqual([
    "GET /api/v1/groups/00g1",
    "GET /api/v1/groups/00g1",
    "POST /api/v1/groups",
    "DELETE /api/v1/groups/00g1/users/00u1",
  ]);
  for (const { headers } of server.seen) {
    expect(headers).toMatchObject({ authorization: `SSWS ${TOKEN}`, "user-agent": "baton-okta/test" });
  }
  expect(JSON.parse(server.seen[2]!.body)).toEqual({ profile: { name: "New" } });
  expect(client.stats()).toMatchObject({ calls: 4, retries: { 503: 1 } });
  await rm(folder, { recursive: true });
});

test("lists go on from page to page, and what Okta refuses is a failure like any other", async () => {
  const server = await serve((request, response) =>
    request.url.startsWith("/api/v1/groups")
      ? json(response, [{ id: request.url.includes("after") ? "2" : "1" }], 200, {
          link: request.url.includes("after") ? [] : [`<${server.url}/api/v1/groups?after=1>; rel="next"`],
        })
      : json(response, oktaError("E0000007", "Not found"), 404),
  );
  const sdk = await oktaSdk(clientOf(server.url), aCall());
  const ids: unknown[] = [];
  await (await sdk.groupApi.listGroups()).each((group) => {
    ids.push(group?.id);
  });
  expect(ids).toEqual(["1", "2"]);
  expect(await rejection(sdk.userApi.getUser({ userId: "00u1" }))).toMatchObject({
    name: "Failure",
    kind: "notFound",
    answer: { code: "E0000007" },
  });
});
