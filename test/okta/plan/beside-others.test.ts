import { expect, test } from "vitest";
import { measure, type Shape } from "./virtual/measure.ts";

const SMALL: readonly Shape[] = [
  { name: "many apps", users: 100, groups: 30, apps: 40, memberships: 500, limits: "integrator" },
  { name: "many groups", users: 100, groups: 400, apps: 4, memberships: 2000, limits: "integrator" },
];

test.each(SMALL)(
  "an org of $name beside another client: nobody is refused, and nothing of the limits is lost",
  async (shape) => {
    const found = await measure(shape, { others: true });
    expect(found).toMatchObject({ refused: 0, othersRefused: 0 });
    // By the org's clock, which passes only while requests wait.
    expect(found.ms).toBeLessThanOrEqual(found.leftFloorMs * 1.1);
    expect(found.leftFloorMs).toBeGreaterThan(0);
    const by = found.byPattern;
    if (shape.name === "many apps") expect(by["/api/v1/apps/{appId}/groups"]).toBeUndefined();
    if (shape.name === "many groups") expect(by["/api/v1/groups/{groupId}/users"] ?? 0).toBeLessThan(200);
  },
);
