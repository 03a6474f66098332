import { expect, test } from "vitest";
import { goldenPath } from "../../baton/model/golden.ts";
import { runHere } from "../in-process.ts";

test("how somebody holds an app is not said where the snapshot does not show it", async () => {
  const file = goldenPath("reference.c1z");
  const { stdout } = await runHere(["snapshot", "grants", file, "--limit", "0", "-o", "json"]);
  const rows = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const app = rows.find((row) => row.direct === null && row.paths[0].kind === "unknown");
  expect(app).toMatchObject({ resource_type: "app", principal_type: "user", sources: [] });
  const table = (await runHere(["snapshot", "grants", file, "--limit", "0", "--resource", `app:${app.resource}`]))
    .stdout;
  expect(table).toMatch(/^ {2}user .* directly or through a group: not known$/m);
  expect(table).not.toMatch(/^ {2}user .* directly$/m);
  expect(table).toMatch(/^ {2}group .* directly$/m);
});
