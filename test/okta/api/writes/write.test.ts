import { expect, test } from "vitest";
import type { WriteStep } from "../../../../src/baton/connector.ts";
import { oktaSdk } from "../../../../src/okta/api/sdk/sdk.ts";
import { mayHaveHappened } from "../../../../src/okta/api/writes/write.ts";
import { Failure } from "../../../../src/runtime/failure.ts";
import { FastClock } from "../fake-clock.ts";
import { aCall, clientOf, json, oktaError, rejection, serve } from "../okta-server.ts";

function audited(parts: { dryRun?: boolean } = {}) {
  const steps: WriteStep[] = [];
  return { steps, call: aCall({ ...parts, audit: (step) => void steps.push(step) }) };
}

const ID = { "x-okta-request-id": "req1" };

test("a dry run reads and sends nothing else, by whichever way it is asked for", async () => {
  const server = await serve((_, response) => json(response, { id: "00g1", profile: { name: "G" } }));
  const client = clientOf(server.url);
  const { steps, call } = audited({ dryRun: true });
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    const path = "/api/v1/users/ann@login.test?sendEmail=false";
    expect(await client.send(method, path, call, { body: { a: 1 }, repeatable: true })).toBeUndefined();
  }
  const raw = await client.raw({ method: "delete", path: "/api/v1/groups/00g1", repeatable: true }, call);
  expect(raw).toMatchObject({ status: 204 });
  const sdk = await oktaSdk(client, call);
  await sdk.groupApi.unassignUserFromGroup({ groupId: "00g1", userId: "00u1" });
  expect((await sdk.groupApi.getGroup({ groupId: "00g1" })).id).toBe("00g1");
  expect(server.seen.map((one) => one.method)).toEqual(["GET"]);
  expect(steps.map((step) => `${step.phase} ${step.request}`)).toEqual([
    "planned POST /api/v1/users/{login}",
    "planned PUT /api/v1/users/{login}",
    "planned PATCH /api/v1/users/{login}",
    "planned DELETE /api/v1/users/{login}",
    "planned DELETE /api/v1/groups/00g1",
    "planned DELETE /api/v1/groups/00g1/users/00u1",
  ]);
});

test("a change is told of once before and once after, however many tries it takes; a read never", async () => {
  const server = await serve((_, response, n) =>
    n === 0 ? json(response, oktaError("E0000009", "once"), 503) : json(response, {}, 200, ID),
  );
  const client = clientOf(server.url, { clock: new FastClock() });
  const { steps, call } = audited();
  let repeats = 0;
  const onRepeat = () => void repeats++;
  await client.send("PUT", "/api/v1/groups/00g1", call, { body: {}, repeatable: true, onRepeat });
  await client.get("/api/v1/groups/00g1", call);
  await client.raw({ method: "POST", path: "/api/v1/groups", body: "{}", repeatable: false }, call);
  expect(repeats).toBe(1);
  const answered = { status: 200, requestId: "req1" };
  expect(steps).toEqual([
    { phase: "intent", request: "PUT /api/v1/groups/00g1" },
    { phase: "outcome", request: "PUT /api/v1/groups/00g1", ...answered },
    { phase: "intent", request: "POST /api/v1/groups" },
    { phase: "outcome", request: "POST /api/v1/groups", ...answered },
  ]);
});

test("a refusal is told of with its status and request id; a lost answer without", async () => {
  const server = await serve((request, response) => {
    if (request.method === "POST") json(response, oktaError("E0000001", "wrong"), 400, ID);
    else response.destroy();
  });
  const client = clientOf(server.url, { clock: new FastClock() });
  const { steps, call } = audited();
  await rejection(client.send("POST", "/api/v1/groups", call, { body: {}, repeatable: false }));
  const lost = await rejection(client.send("PATCH", "/api/v1/groups/00g1", call, { body: {}, repeatable: false }));
  expect(mayHaveHappened(lost)).toBe(true);
  expect(server.seen).toHaveLength(2);
  expect(steps.filter((step) => step.phase === "outcome")).toEqual([
    {
      phase: "outcome",
      request: "POST /api/v1/groups",
      status: 400,
      requestId: "req1",
      error: expect.stringContaining("E0000001"),
    },
    { phase: "outcome", request: "PATCH /api/v1/groups/00g1", error: expect.stringContaining("broke") },
  ]);
});

test("nothing is sent where the audit throws before", async () => {
  const server = await serve((_, response) => json(response, {}));
  const client = clientOf(server.url);
  const call = aCall({
    audit: () => {
      throw new Error("no");
    },
  });
  await expect(client.send("PUT", "/api/v1/groups/00g1", call, { repeatable: true })).rejects.toThrow("no");
  expect(server.seen).toHaveLength(0);
});

test("an outcome that cannot be written is logged, and the change's result stays", async () => {
  const logged: string[] = [];
  const server = await serve((_, response) => json(response, { id: "00g1" }));
  const client = clientOf(server.url, { log: (event) => void logged.push(event.message) });
  const call = aCall({
    audit: ({ phase }) => {
      if (phase === "outcome") throw new Error("no");
    },
  });
  expect(await client.send("PUT", "/api/v1/groups/00g1", call, { repeatable: true })).toEqual({ id: "00g1" });
  expect(logged).toContainEqual(expect.stringContaining("audit trail"));
});

test("what may have happened is told from what has not", () => {
  const failure = (status: number) => new Failure({ kind: "unavailable", message: "m", answer: { status } });
  expect([500, 502, 503, 504].map((status) => mayHaveHappened(failure(status)))).toEqual([true, true, true, true]);
  expect([400, 403, 404, 409, 429, 501].some((status) => mayHaveHappened(failure(status)))).toBe(false);
  expect(mayHaveHappened(new Failure({ kind: "internal", message: "it is no JSON" }))).toBe(true);
  expect(mayHaveHappened(new Error("other"))).toBe(false);
});
