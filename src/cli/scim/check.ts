import { DRIFT_SORTS, type DriftSort, type Finding, WRONG } from "../../scim/check/sorts.ts";
import { openScimStore } from "../../scim/store/store.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { Output } from "../terminal/output.ts";
import { type Compared, compareWith } from "./compare-with.ts";
import type { ScimValues } from "./settings.ts";

/** How many findings of a sort a person is shown; `-o json` has all of them. */
const MAX_SHOWN = 20;

/** `scim check`: what Okta pushed beside what Okta says. */
export async function checkPushed(values: ScimValues, output: Output): Promise<ExitCode> {
  const store = await openScimStore(values.store, { mustExist: true });
  try {
    const compared = await compareWith(store, values.file);
    output.out(values.output === "json" ? `${JSON.stringify(data(compared), null, 2)}\n` : rendered(compared));
    return WRONG.some((sort) => compared.counts[sort] > 0) ? EXIT.failed : EXIT.done;
  } finally {
    await store.close();
  }
}

function data({ since, users, groups, newer, counts, findings }: Compared) {
  return {
    snapshotBegan: new Date(since).toISOString(),
    users,
    groups,
    pushedSince: newer,
    counts,
    findings: findings.map((finding) => ({ ...finding, ...DRIFT_SORTS[finding.sort] })),
  };
}

function rendered({ since, users, groups, newer, counts, findings }: Compared): string {
  const lines = [
    `${users} users and ${groups} groups that were pushed, beside Okta as it was at ${new Date(since).toISOString()}.`,
  ];
  if (newer > 0) lines.push(`${newer} of them were pushed later than that and are left out.`);
  for (const sort of Object.keys(DRIFT_SORTS) as DriftSort[]) {
    if (counts[sort] === 0) continue;
    const { what, advice } = DRIFT_SORTS[sort];
    const found = findings.filter((finding) => finding.sort === sort);
    lines.push("", `${what}: ${counts[sort]} (${sort})`, ...found.slice(0, MAX_SHOWN).map(lineOf));
    if (found.length > MAX_SHOWN) lines.push(`  and ${found.length - MAX_SHOWN} more; -o json has all`);
    lines.push(`  To do: ${advice}.`);
  }
  if (findings.length === 0) lines.push("", "They are the same.");
  return `${lines.join("\n")}\n`;
}

function lineOf({ user, group }: Finding): string {
  const person = user && `${user.login || "(no login)"} (${user.id})`;
  const where = group && `group ${group.name} (${group.id})`;
  return `  ${[person, where].filter((part) => part !== undefined).join(" in ")}`;
}
