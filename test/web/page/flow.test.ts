import { describe, expect, it } from "vitest";
import type { AdminFlow, AdminRole, Thing } from "../../../src/web/api/contract.ts";
import { layOutFlows } from "../../../src/web/page/pictures/flow.ts";

const thing = (type: string, id: string): Thing => ({ type, id, name: id, kind: "other", known: true });
const flow = (via: string | null, role: string, people: number): AdminFlow => ({
  ...{ kind: via === null ? "direct" : "group", via: via === null ? null : thing("group", via) },
  ...{ role: thing("role", role), people },
});
const role = (id: string, people: number): AdminRole => ({ role: thing("role", id), people, groups: 1, apps: 0 });

const FLOWS = [flow("leads", "help", 171), flow("leads", "audit", 171), flow(null, "help", 3), flow(null, "super", 1)];
const ROLES = [role("help", 172), role("audit", 171), role("super", 1)];

describe("the picture of who is admin through what", () => {
  it("counts nobody twice: members of a group with two roles, and who holds a role in two ways", () => {
    const people = Object.fromEntries(layOutFlows(FLOWS, ROLES, 400).ends.map(({ end, people }) => [end.id, people]));
    expect(people).toEqual({
      "way group:leads": 171,
      "way direct": null,
      "role role:help": 172,
      "role role:audit": 171,
      "role role:super": 1,
    });
  });

  it("gives each end room for its name, and a wider ribbon to more people", () => {
    const many = Array.from({ length: 40 }, (_, at) => flow(at % 2 ? `g${at}` : null, `r${at}`, at + 1));
    const { ends, ribbons } = layOutFlows(many, [], 400);
    for (const side of ["way", "role"]) {
      const middles = ends.filter(({ end }) => end.side === side).map(({ y, height }) => y + height / 2);
      const sorted = middles.toSorted((a, b) => a - b);
      expect(Math.min(...sorted.slice(1).map((y, at) => y - sorted[at]!))).toBeGreaterThanOrEqual(24);
    }
    const widths = ribbons.toSorted((a, b) => a.flow.people - b.flow.people).map(({ width }) => width);
    expect(widths).toEqual(widths.toSorted((a, b) => a - b));
  });
});
