import { expect, test } from "vitest";
import { TYPED_CALLS } from "../../../../src/okta/api/sdk/typed-calls.ts";
import { throughSdk } from "../../../../src/okta/api/sdk/typed-client.ts";
import { aCall, clientOf, json, oktaError, rejection, serve } from "../okta-server.ts";

/** What the SDK's models do not know, beside what they do. */
const STRANGE = {
  id: "x1",
  status: "INVENTED_LATER",
  type: "NEVER_HEARD_OF",
  signOnMode: "NEVER_HEARD_OF",
  created: "not a date",
  profile: { login: "a@b.c", custom: ["a", { deep: [1, null] }], none: null, empty: "", "odd name": 1, email: null },
  credentials: { provider: { type: "INVENTED", extra: true } },
  scope: "SOMEHOW",
  _links: { self: { href: "https://acme.okta.com/api/v1/x" }, odd: [1] },
  unknown: { a: [{}] },
};

/** A query where a call has one. */
const QUERIES: Record<string, string> = {
  "GET /groups/*": "?expand=stats",
  "POST /users": "?activate=false&provider=true&nextLogin=changePassword",
  "DELETE /users/*": "?sendEmail=false",
  "POST /users/*/lifecycle/activate": "?sendEmail=false",
  "POST /users/*/lifecycle/deactivate": "?sendEmail=false",
};

const BODY = {
  role: "cr0",
  members: ["https://acme.okta.com/api/v1/users/00u1"],
  additions: ["https://acme.okta.com/api/v1/users/00u1"],
  ...STRANGE,
};

test.each(TYPED_CALLS)(
  "%s: what is sent and answered is what the plain client sends and is answered",
  async (known) => {
    const [method = "", pattern = ""] = known.split(" ");
    let ids = 0;
    const path = `/api/v1${pattern.replace(/\*/g, () => `id${++ids}%40a%3Ab.c`)}${QUERIES[known] ?? ""}`;
    const server = await serve((request, response) => {
      if (request.method === "DELETE") response.writeHead(204).end();
      else json(response, STRANGE);
    });
    const client = clientOf(server.url);
    const typed = throughSdk(client, server.url);
    const body = method === "POST" || method === "PUT" || method === "PATCH" ? BODY : undefined;
    const once = (through: typeof typed) =>
      method === "GET"
        ? through.get(path, aCall())
        : through.send(method, path, aCall(), { repeatable: false, ...(body && { body }) });
    // Loads the SDK, so that reads go through it too.
    await typed.send("DELETE", "/api/v1/groups/00g1", aCall(), { repeatable: true });
    server.seen.length = 0;
    const answers = [await once(typed), await once(client as typeof typed)];
    expect(answers[0]).toEqual(method === "DELETE" ? undefined : STRANGE);
    expect(answers[1]).toEqual(answers[0]);
    const [first, second] = server.seen;
    expect(server.seen).toHaveLength(2);
    expect({ method: first!.method, url: first!.url, body: first!.body }).toEqual({
      method: second!.method,
      url: second!.url,
      body: second!.body,
    });
    expect(first!.headers).toEqual(second!.headers);
  },
);

test("what Okta refuses, and an answer that never comes, is the client's failure", async () => {
  const server = await serve((request, response) => {
    if (request.method === "PUT") json(response, oktaError("E0000006", "No permission"), 403);
    else
      request.url.endsWith("/suspend") ? response.destroy() : json(response, oktaError("E0000007", "Not found"), 404);
  });
  const client = clientOf(server.url);
  const typed = throughSdk(client, server.url);
  for (const [method, path, failure] of [
    ["PUT", "/api/v1/groups/00g1/users/00u1", { kind: "permissionDenied", answer: { status: 403, code: "E0000006" } }],
    ["DELETE", "/api/v1/groups/00g1", { kind: "notFound", answer: { status: 404, code: "E0000007" } }],
    ["POST", "/api/v1/users/00u1/lifecycle/suspend", { kind: "unavailable" }],
  ] as const) {
    expect(await rejection(typed.send(method, path, aCall(), { repeatable: false }))).toMatchObject({
      name: "Failure",
      attempted: `${method} ${path}`,
      ...failure,
    });
  }
  expect(server.seen).toHaveLength(3);
  expect(await rejection(typed.get("/api/v1/users/00u1", aCall()))).toMatchObject({ kind: "notFound" });
});

test("what has no typed call is not sent", async () => {
  const server = await serve((_, response) => json(response, {}));
  const typed = throughSdk(clientOf(server.url), server.url);
  for (const path of ["/api/v1/policies", "/api/v1/users/00u1/lifecycle/unlock", "/api/v1/groups/00g1/users/00u1/x"]) {
    const refused = typed.send("POST", path, aCall(), { body: {}, repeatable: false });
    expect(await rejection(refused)).toMatchObject({
      kind: "internal",
      message: expect.stringContaining("nothing was sent"),
    });
  }
  expect(server.seen).toEqual([]);
});

test("a dry run sends nothing, and tells what it would", async () => {
  const server = await serve((_, response) => json(response, {}));
  const typed = throughSdk(clientOf(server.url), server.url);
  const steps: string[] = [];
  const call = aCall({ dryRun: true, audit: ({ phase, request }) => void steps.push(`${phase} ${request}`) });
  const body = { profile: { name: "G" } };
  expect(await typed.send("POST", "/api/v1/groups", call, { body, repeatable: false })).toBeUndefined();
  expect(await typed.send("DELETE", "/api/v1/groups/00g1", call, { repeatable: true })).toBeUndefined();
  expect(server.seen).toEqual([]);
  expect(steps).toEqual(["planned POST /api/v1/groups", "planned DELETE /api/v1/groups/00g1"]);
});
