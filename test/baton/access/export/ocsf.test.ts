import { expect, it } from "vitest";
import { runHere } from "../../../cli/in-process.ts";
import { goldenPath } from "../../model/golden.ts";
import { ocsfProblems, USER_INVENTORY } from "../findings/ocsf-schema.ts";

async function events(): Promise<Record<string, unknown>[]> {
  const { stdout } = await runHere(["snapshot", "export", goldenPath("reference.c1z"), "--format", "ocsf"]);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

it("writes people that hold against the published class 5003", async () => {
  const found = await events();
  expect(found.length).toBeGreaterThan(10);
  expect([...new Set(found.flatMap((event) => ocsfProblems(event, USER_INVENTORY)))]).toEqual([]);
});

it("is judged by a check that refuses what does not", async () => {
  const [event] = await events();
  const { user: _, ...without } = event!;
  expect(ocsfProblems(without, USER_INVENTORY)).toEqual(["event has no user"]);
  expect(ocsfProblems({ ...event, time: 1_700_000_000 }, USER_INVENTORY)).toHaveLength(1);
  expect(ocsfProblems({ ...event, type_uid: 5003002 }, USER_INVENTORY)).toHaveLength(1);
  expect(ocsfProblems({ ...event, user: { ...(event!.user as object), type_id: 7 } }, USER_INVENTORY)).toHaveLength(1);
});
