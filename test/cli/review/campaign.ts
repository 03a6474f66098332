import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseCsv } from "../../../src/review/sheets/csv-reader.ts";
import { orgFromJson } from "../../../src/sandbox/org/json.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/sandbox.ts";
import { golden } from "../../baton/rpc/okta.ts";
import { type Ended, runHere } from "../in-process.ts";

interface User {
  id: string;
  status: string;
  profile: Record<string, unknown> & { login: string; email: string };
}

const org = golden("org.json") as {
  users: User[];
  apps: { id: string; status: string }[];
  appUsers: Record<string, { id: string; scope: string }[]>;
};

/** An app that people have, some of them themselves and some through groups. */
export const app = org.apps.find(
  ({ id, status }) => status === "ACTIVE" && (org.appUsers[id] ?? []).some(({ scope }) => scope === "USER"),
)!.id;
const holders = new Set(org.appUsers[app]!.map(({ id }) => id));
const active = org.users.filter(({ status }) => status === "ACTIVE");

/** Two managers: every second person who has the app has either. The first has the app himself, and is his own manager. */
export const [ada, bob] = [active.find(({ id }) => holders.has(id))!, active.find(({ id }) => !holders.has(id))!];
for (const [i, user] of org.users.entries())
  user.profile.managerId = i % 2 === 0 ? ada.profile.login.toUpperCase() : bob.id;
ada.profile.managerId = ada.profile.email;

/** A hostile name, as people choose them. */
export const HOSTILE = '=HYPERLINK("http://evil.example")<script>alert(1)</script>';
org.users.find(({ id }) => holders.has(id) && id !== ada.id)!.profile.displayName = HOSTILE;

export const startOrg = (): Promise<Sandbox> => startSandbox({ org: orgFromJson(org), limits: "off" });

/** Runs `review` against a sandbox. */
export const review = (sandbox: Sandbox, ...words: string[]): Promise<Ended> =>
  runHere(["review", ...words, "--log-level", "error"], { BATON_DOMAIN: sandbox.url, BATON_API_TOKEN: sandbox.token });

export async function syncTo(sandbox: Sandbox, file: string, ...more: string[]): Promise<void> {
  const ended = await runHere(["sync", "-f", file, "--sync-custom-roles", ...more, "--log-level", "error"], {
    BATON_DOMAIN: sandbox.url,
    BATON_API_TOKEN: sandbox.token,
  });
  if (ended.code !== 0) throw new Error(ended.stderr);
}

/** A sheet (CSV) as objects, and back. */
export function readSheet(path: string): Record<string, string>[] {
  const rows = parseCsv(readFileSync(path, "utf8"));
  const at = rows.findIndex((row) => row.includes("item_id"));
  return rows.slice(at + 1).map((row) => Object.fromEntries(rows[at]!.map((name, i) => [name, row[i] ?? ""])));
}

export function writeSheet(path: string, rows: readonly Record<string, string>[]): void {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const names = Object.keys(rows[0]!);
  writeFileSync(
    path,
    [names, ...rows.map((row) => names.map((name) => row[name]!))]
      .map((row) => `${row.map(quoted).join(",")}\r\n`)
      .join(""),
  );
}

/** Fills a sheet: every `nth` goes, the others stay. */
export function fill(path: string, nth: number): number {
  let gone = 0;
  writeSheet(
    path,
    readSheet(path).map((row, i) => {
      if (i % nth !== 0) return { ...row, decision: "approve" };
      gone++;
      return { ...row, decision: "REVOKE", justification: "not needed any more" };
    }),
  );
  return gone;
}

/** The records of a chained file. */
export const jsonLines = (folder: string, file: string): Record<string, never>[] =>
  readFileSync(join(folder, file), "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
