import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CAPABILITY_NAMES, type Needs, READS, WRITES } from "../../src/okta/doctor/capabilities.ts";

const NAMES: Readonly<Record<string, string>> = {
  READ_ONLY_ADMIN: "Read-only",
  ORG_ADMIN: "Org",
  SUPER_ADMIN: "Super",
  USER_ADMIN: "Group",
  GROUP_MEMBERSHIP_ADMIN: "Group Membership",
  APP_ADMIN: "Application",
};

/** The table of capabilities, by name. */
function rows(): Map<string, string[]> {
  const page = readFileSync("docs/setup.md", "utf8");
  const lines = [...page.matchAll(/^\| `([a-z-]+)` \|(.*)\|$/gm)];
  return new Map(lines.map(([, name, rest]) => [name!, rest!.split("|").map((cell) => cell.trim())]));
}

const code = (texts: readonly string[]) => texts.map((text) => `\`${text}\``).join(" ");

test("the table of capabilities says what the program goes by", () => {
  const table = rows();
  expect([...table.keys()]).toEqual([...CAPABILITY_NAMES]);
  for (const [name, needs] of Object.entries<Needs>({ ...READS, ...WRITES })) {
    const order = ["READ_ONLY_ADMIN", "ORG_ADMIN", "SUPER_ADMIN"];
    const full = order.filter((role) => needs.full.includes(role)).map((role) => NAMES[role]);
    const limited = (needs.limited ?? []).map((role) => NAMES[role]).join(", ");
    expect([name, ...table.get(name)!.slice(0, 3)]).toEqual([
      name,
      code(needs.scopes),
      `${full.join(", ")}${limited === "" ? "" : ` (${limited})`}`,
      code(needs.permissions?.[0] ?? []),
    ]);
  }
});

test("links between the pages lead somewhere", () => {
  const anchors = (page: string) =>
    [...readFileSync(page, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
      title!
        .toLowerCase()
        .replace(/[^\w\s-]/g, "")
        .replaceAll(" ", "-"),
    );
  for (const page of ["setup", "operations", "security", "troubleshooting"].map((name) => `docs/${name}.md`)) {
    for (const [, link] of readFileSync(page, "utf8").matchAll(/\]\(((?!https?:)[^)]+)\)/g)) {
      const [file, anchor] = link!.split("#");
      const target = file === "" ? page : `docs/${file}`;
      expect(existsSync(target), `${page} links to ${link}`).toBe(true);
      if (anchor !== undefined) expect(anchors(target), `${page} links to ${link}`).toContain(anchor);
    }
  }
});
