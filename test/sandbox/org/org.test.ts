import fc from "fast-check";
import { test } from "vitest";
import { caller, refusal } from "../call.ts";
import { expectConsistent } from "./consistent.ts";
import { smallOrg } from "./fixture.ts";

const USERS = ["ada", "bob", "sue", "stan", "dee", "lou"];
const GROUPS = ["gdev", "gops", "gimp"];
const APPS = ["mail", "wiki"];

const one = (list: readonly string[]) => fc.constantFrom(...list);
const writes = fc.oneof(
  fc.tuple(fc.constantFrom("PUT", "DELETE"), one(GROUPS), one(USERS)).map(([m, g, u]) => [m, `groups/${g}/users/${u}`]),
  fc.tuple(fc.constantFrom("PUT", "DELETE"), one(APPS), one(GROUPS)).map(([m, a, g]) => [m, `apps/${a}/groups/${g}`]),
  fc.tuple(one(APPS), one(USERS)).map(([app, id]) => ["POST", `apps/${app}/users`, { id, scope: "USER" }]),
  fc.tuple(one(APPS), one(USERS)).map(([app, user]) => ["DELETE", `apps/${app}/users/${user}`]),
  fc
    .tuple(fc.constantFrom("users/ada", "users/bob", "groups/gdev"))
    .map(([who]) => [...["POST", `${who}/roles`, { type: "CUSTOM", role: "cr1", "resource-set": "iam1" }]]),
  one(["users/ada", "users/lou", "groups/gops"]).map((path) => ["DELETE", path]),
  one(USERS).map((user) => ["POST", `users/${user}/lifecycle/activate`]),
) as fc.Arbitrary<[string, string, object?]>;

test("whatever is written, both sides of every relation agree", () => {
  fc.assert(
    fc.property(fc.array(writes, { maxLength: 60 }), (steps) => {
      const org = smallOrg();
      const call = caller(org);
      for (const [method, path, body = {}] of steps) {
        try {
          call(method, `/api/v1/${path}`, { body });
        } catch {
          refusal(() => call(method, `/api/v1/${path}`, { body }));
        }
      }
      expectConsistent(org);
    }),
    { numRuns: 150, seed: 11 },
  );
});
