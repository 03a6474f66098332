import { expect, test } from "vitest";
import { openSnapshot } from "../../../src/baton/snapshot/reader.ts";
import { grantLines, grantTable } from "../../../src/cli/snapshot/grants.ts";
import { goldenPath } from "../../baton/model/golden.ts";

test("how somebody holds an app is not said where the snapshot does not show it", async () => {
  await using reader = await openSnapshot(goldenPath("reference.c1z"));
  const content = reader.content();
  const rows = [...grantLines(content, {}, 0)].map((line) => JSON.parse(line));
  const app = rows.find((row) => row.direct === null);
  expect(app).toMatchObject({ resource_type: "app", principal_type: "user", sources: [] });
  const table = [...grantTable(content, { resource: { type: "app", id: app.resource } }, 0)].join("");
  expect(table).toMatch(/^ {2}user .* directly or through a group: not known$/m);
  expect(table).not.toMatch(/^ {2}user .* directly$/m);
  expect(table).toMatch(/^ {2}group .* directly$/m);
});
