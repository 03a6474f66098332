import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLog } from "../../src/runtime/log/output.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { goldenSandbox } from "../baton/rpc/okta.ts";
import { always, bendJson, type HostileOkta, hostileOkta, oktaErrorBody } from "../hostile/okta.ts";
import { HOSTILE_TEXT, rawIn, withHostileText } from "../hostile/text.ts";
import { type Ended, runHere } from "./in-process.ts";

let folder: string;
let sandbox: Sandbox;
let okta: HostileOkta;
let access: string[];
let file: string;
let group: string;
let user: string;

const LISTS = [
  "/api/v1/users",
  "/api/v1/groups",
  "/api/v1/apps",
  "/api/v1/iam/roles",
  "/api/v1/iam/resource-sets",
  "/api/v1/api-tokens",
  "/api/v1/devices",
  "/api/v1/logs",
];

beforeAll(async () => {
  // A folder whose own name is hostile: paths are shown too.
  folder = join(mkdtempSync(join(tmpdir(), "baton-hostile-")), "odd\u001b[31m\u202e\u009b2J");
  mkdirSync(folder);
  sandbox = await goldenSandbox();
  okta = await hostileOkta(sandbox.url);
  for (const path of LISTS) okta.on("GET", path, bendJson(withHostileText));
  access = ["--domain", okta.url, "--api-token", sandbox.token];
  file = join(folder, "sync.c1z");
  const { groups, users } = JSON.parse(readFileSync("test/golden/org.json", "utf8"));
  group = groups[0].id;
  user = users[0].id;
  const synced = await runHere([...access, "-f", file, "--sync-custom-roles", "--sync-secrets"]);
  expect(synced.code).toBe(0);
});

afterAll(async () => {
  await okta.close();
  await sandbox.close();
  rmSync(join(folder, ".."), { recursive: true, force: true });
});

/** What a run printed, which has to say something. */
function printed({ stdout, stderr }: Ended): string {
  expect(stdout + stderr).not.toBe("");
  return stdout + stderr;
}

describe("hostile text is never printed raw", () => {
  it.each([
    ["a sync", () => [...access, "-f", file]],
    ["a sync with lines for people", () => [...access, "-f", file, "--log-format", "console", "--log-level", "debug"]],
    ["a sync as JSON", () => [...access, "-f", file, "-o", "json"]],
    ["show", () => ["snapshot", "show", file]],
    ["show as JSON", () => ["snapshot", "show", file, "-o", "json"]],
    ["grants", () => ["snapshot", "grants", file, "--limit", "0"]],
    ["grants as JSON", () => ["snapshot", "grants", file, "--limit", "0", "-o", "json"]],
    ["grants of nobody", () => ["snapshot", "grants", file, "--resource", `group:${HOSTILE_TEXT}`]],
    ["diff", () => ["snapshot", "diff", file, file]],
    ["findings", () => ["snapshot", "findings", file]],
    ["findings as JSON", () => ["snapshot", "findings", file, "-o", "json"]],
    ["findings as CSV", () => ["snapshot", "findings", file, "-o", "csv"]],
    ["findings as SARIF", () => ["snapshot", "findings", file, "-o", "sarif"]],
    ["findings as OCSF", () => ["snapshot", "findings", file, "-o", "ocsf"]],
    [
      "a snapshot with other names",
      () => ["snapshot", "sanitize", file, join(folder, "other.c1z"), "--key", "as long as a key has to be"],
    ],
    ["export, JSON", () => ["snapshot", "export", file]],
    ["export, JSON lines", () => ["snapshot", "export", file, "--format", "jsonl"]],
    ["export, CSV", () => ["snapshot", "export", file, "--format", "csv"]],
    ["events", () => ["events", ...access, "--since", "2020-01-01T00:00:00Z"]],
    ["doctor", () => ["doctor", ...access]],
    ["doctor as JSON", () => ["doctor", ...access, "-o", "json"]],
    ["a grant", () => ["grant", `group:${group}:member`, user, ...access, "-f", file]],
    ["a rehearsal", () => ["grant", `group:${group}:member`, user, ...access, "-f", file, "--dry-run", "-o", "json"]],
    ["a grant of something unknown", () => ["grant", `group:x${HOSTILE_TEXT}:member`, user, ...access, "-f", file]],
    ["a deletion that nobody confirms", () => ["delete", `user:${HOSTILE_TEXT}`, ...access, "-f", file]],
    ["a command", () => [`synk${HOSTILE_TEXT}`]],
    ["a flag", () => [`--domian${HOSTILE_TEXT}`]],
    ["an argument", () => [...access, HOSTILE_TEXT]],
    ["a wrong value", () => [...access, "--workers", HOSTILE_TEXT]],
    ["a domain", () => ["--domain", `acme.okta.com${HOSTILE_TEXT}`, "--api-token", "x"]],
    ["help", () => ["help", HOSTILE_TEXT]],
    [
      "a file that is not there",
      () => ["snapshot", "show", join(folder, `nothing${HOSTILE_TEXT.replaceAll("/", "")}`)],
    ],
    ["a log file that cannot be", () => [...access, "-f", file, "--log-path", join(folder, `${HOSTILE_TEXT}\0`)]],
  ])("by %s", async (_what, argv) => {
    expect(rawIn(printed(await runHere(argv())))).toEqual([]);
  });

  it("by what Okta answers", async () => {
    const body = oktaErrorBody(`E0000003${HOSTILE_TEXT}`, `The request ${HOSTILE_TEXT}`, [HOSTILE_TEXT]);
    const end = okta.on("GET", "/api/v1/users", always(400, body));
    for (const more of [[], ["--log-format", "console"], ["--log-level", "debug", "--log-format", "console"]]) {
      const ended = await runHere([...access, "-f", file, ...more]);
      expect(ended.code).toBe(1);
      expect(rawIn(printed(ended))).toEqual([]);
    }
    end();
  });

  it("by the environment", async () => {
    for (const name of ["BATON_WORKERS", "BATON_DOMAIN", "BATON_KEEP_SYNC_COUNT", "BATON_CONFIG_PATH"]) {
      const ended = await runHere(access.slice(name === "BATON_DOMAIN" ? 2 : 0), { [name]: HOSTILE_TEXT });
      expect(ended.code).toBe(2);
      expect(rawIn(printed(ended))).toEqual([]);
    }
  });

  it.each([
    ["a key", `"domain${HOSTILE_TEXT.replaceAll("\\", "")}": x`],
    ["a value", `workers: "${HOSTILE_TEXT.replaceAll("\\", "")}"`],
    ["something that is no YAML", `workers: [${HOSTILE_TEXT}`],
    ["an alias", `workers: *${HOSTILE_TEXT.replaceAll(/[\s|[\]]/g, "")}`],
  ])("by a configuration file with %s", async (_what, text) => {
    const path = join(folder, "settings.yaml");
    writeFileSync(path, text);
    expect(rawIn(printed(await runHere(access, { BATON_CONFIG_PATH: path })))).toEqual([]);
  });

  it("by a bulk change, on standard output and in the file of its results", async () => {
    const list = join(folder, "list.jsonl");
    const results = join(folder, "results.jsonl");
    const line = { entitlement: `group:${HOSTILE_TEXT}:member`, principal: `00u${HOSTILE_TEXT}` };
    writeFileSync(list, `${JSON.stringify(line)}\n${HOSTILE_TEXT}\n`);
    for (const more of [[], ["-o", "json"]]) {
      const ended = await runHere(["grant", "--from", list, "--results", results, ...access, "-f", file, ...more]);
      expect(ended.code).toBe(1);
      expect(rawIn(printed(ended))).toEqual([]);
    }
    expect(rawIn(readFileSync(results, "utf8"))).toEqual([]);
  });

  it("and JSON still says the same", async () => {
    const { stdout } = await runHere(["snapshot", "grants", file, "--limit", "0", "-o", "json"]);
    expect(
      stdout.split("\n").some((line) => line !== "" && JSON.parse(line).resource_name.endsWith(HOSTILE_TEXT)),
    ).toBe(true);
  });
});

it.each(["json", "console"] as const)("a log in a file holds no raw text either, as %s", (format) => {
  const path = join(folder, `run-${format}.log`);
  const sink = { write: () => {} };
  const log = createLog({ level: "debug", format, paths: [path], stderr: sink, stdout: sink });
  log.info(`met ${HOSTILE_TEXT}`, {
    name: HOSTILE_TEXT,
    list: [HOSTILE_TEXT, { [HOSTILE_TEXT]: HOSTILE_TEXT }],
    [HOSTILE_TEXT]: 1,
    error: new Error(HOSTILE_TEXT),
  });
  expect(rawIn(readFileSync(path, "utf8"))).toEqual([]);
});
