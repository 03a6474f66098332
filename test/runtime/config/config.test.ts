import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  booleanOf,
  fromEnvironment,
  type Notice,
  type Notify,
  resolveSettings,
  variableOf,
  type Written,
} from "../../../src/runtime/config/config.ts";
import { fromFile } from "../../../src/runtime/config/file.ts";
import { Secret } from "../../../src/runtime/secrets/secret.ts";

const SETTINGS = {
  host: { type: "string", description: "a host" },
  "api-token": { type: "string", secret: true, description: "a token" },
  deep: { type: "boolean", description: "deep" },
  apps: { type: "boolean", default: true, description: "apps" },
  domains: { type: "list", description: "domains" },
  workers: { type: "integer", default: 3, min: -1, max: 10, description: "workers" },
  share: { type: "number", default: 0.8, min: 0.1, max: 1, description: "share" },
  level: { type: "string", default: "info", choices: ["debug", "info"], description: "level" },
} as const;

const none = new Map<string, Written>();
const given = (values: Record<string, string | string[]>): Map<string, Written> =>
  new Map(Object.entries(values).map(([name, texts]) => [name, { texts: [texts].flat(), where: `--${name}` }]));
const resolve = (flags: Record<string, string | string[]>) =>
  resolveSettings(SETTINGS, { flags: given(flags), environment: none, file: none }).values;

describe("resolving settings", () => {
  it("puts flag before environment before file before default", () => {
    const { values, sources } = resolveSettings(SETTINGS, {
      flags: given({ host: "flag" }),
      environment: given({ host: "env", workers: "1" }),
      file: given({ host: "file", workers: "2", share: "0.5" }),
    });
    expect(values).toMatchObject({ host: "flag", workers: 1, share: 0.5, level: "info", apps: true, deep: false });
    expect(sources).toMatchObject({ host: "flag", workers: "environment", share: "file", level: "default" });
  });

  it("reads secrets into secrets at once", () => {
    const { "api-token": token } = resolve({ "api-token": "s3cret" });
    expect(token).toBeInstanceOf(Secret);
    expect(JSON.stringify(token)).toBe('"[redacted]"');
  });

  it("takes lists by commas and repeated", () => {
    expect(resolve({ domains: ["a.example, b.example", "c.example,"] }).domains).toEqual([
      "a.example",
      "b.example",
      "c.example",
    ]);
    expect(resolve({}).domains).toEqual([]);
  });

  it.each([
    ["workers", "1.5", "a whole number from -1 to 10"],
    ["workers", "11", "a whole number from -1 to 10"],
    ["workers", "many", "a whole number from -1 to 10"],
    ["workers", "", "a whole number from -1 to 10"],
    ["share", "2", "a number from 0.1 to 1"],
    ["deep", "maybe", "true or false"],
    ["level", "loud", "one of debug, info"],
  ])("refuses --%s %j", (name, text, wanted) => {
    expect(() => resolve({ [name]: text })).toThrow(`--${name} takes ${wanted}, not ${JSON.stringify(text)}`);
  });

  it("understands the spellings of true and false", () => {
    expect(["true", "TRUE", "t", "1", "yes", "on"].map(booleanOf)).toEqual(Array(6).fill(true));
    expect(["false", "F", "0", "no", "off"].map(booleanOf)).toEqual(Array(5).fill(false));
    expect(booleanOf("2")).toBeUndefined();
  });
});

describe("the environment", () => {
  it("names variables after the settings", () => {
    expect(variableOf("api-token")).toBe("BATON_API_TOKEN");
  });

  it("takes an empty variable for absent", () => {
    expect([...fromEnvironment(SETTINGS, { BATON_HOST: "", BATON_DEEP: "1", BATON_OTHER: "x" }).keys()]).toEqual([
      "deep",
    ]);
  });
});

describe("the file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "baton-config-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const read = (text: string, notify?: Notify) => {
    const path = join(folder, "settings.yaml");
    writeFileSync(path, text);
    return fromFile(SETTINGS, { BATON_CONFIG_PATH: path }, notify);
  };
  const resolveFile = async (text: string) =>
    resolveSettings(SETTINGS, { flags: none, environment: none, file: await read(text) }).values;

  it("gives texts, switches, numbers and lists", async () => {
    const text = "# ours\nhost: acme.okta.com\ndeep: true\nworkers: 2\ndomains: [a.example, b.example]\n";
    expect(await resolveFile(text)).toMatchObject({
      host: "acme.okta.com",
      deep: true,
      workers: 2,
      domains: ["a.example", "b.example"],
    });
    expect((await resolveFile("domains: a.example,b.example")).domains).toEqual(["a.example", "b.example"]);
  });

  it("keeps a token of digits as it was written", async () => {
    expect((await resolveFile("api-token: 0012345678901234567890"))["api-token"]?.reveal()).toBe(
      "0012345678901234567890",
    );
  });

  it.each(["", "# nothing\n", "host:\n", "host: ~\n"])("takes %j for nothing", async (text) => {
    expect((await read(text)).size).toBe(0);
  });

  it("names the place and the near miss of an unknown setting", async () => {
    const notices: Notice[] = [];
    const found = await read("host: a\nworkerz: 3\n", (notice) => notices.push(notice));
    expect([...found.keys()]).toEqual(["host"]);
    expect(notices).toMatchObject([
      {
        message: expect.stringContaining("no setting"),
        fields: { setting: "workerz", at: expect.stringMatching(/line 2$/), didYouMean: "workers" },
      },
    ]);
  });

  it("names the place of a wrong type", async () => {
    await expect(resolveFile("\nworkers: soon\n")).rejects.toThrow(/workers in .*line 2 takes a whole number/);
    await expect(resolveFile("host: {a: b}\n")).rejects.toThrow(/host in .*line 1 takes a single value/);
    await expect(resolveFile("host: [a, b]\n")).rejects.toThrow(/takes a single value/);
  });

  it("names the line of bad YAML, and shows no secret that stands there", async () => {
    const error = await read("host: a\napi-token: 's3cret\n").then(
      () => undefined,
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ kind: "usage", message: expect.stringMatching(/not valid YAML at line \d/) });
    expect(`${error.message} ${error.advice}`).not.toContain("s3cret");
  });

  it.each([
    "api-token: 's3cretT0kenValue\n",
    "api-token: *s3cretT0kenValue\n",
    "api-token: !s3cretT0kenValue x\n",
    "api-token: @s3cretT0kenValue\n",
    "api-token: `s3cretT0kenValue\n",
    "api-token: %s3cretT0kenValue\n",
    "%s3cretT0kenValue x\n---\nhost: a\n",
    "api-token: {s3cretT0kenValue\n",
    "api-token: [s3cretT0kenValue, x\nhost: a\n",
    "api-token: &s3cretT0kenValue\n  - x\n",
    "api-token: |s3cretT0kenValue\n",
    'api-token: "\\s3cretT0kenValue"\n',
    "api-token: x s3cretT0kenValue: y\n",
    "s3cretT0kenValue: api-token\n",
    "? s3cretT0kenValue\n",
    "s3cretT0kenValue\n",
    "api-token s3cretT0kenValue\nhost: a\n",
    "host: a\n  s3cretT0kenValue: b\n",
    "host: a\nhost: s3cretT0kenValue\n",
  ])("shows nothing of a secret that makes %j unreadable", async (text) => {
    const error = await read(text).then(
      () => undefined,
      (thrown) => thrown,
    );
    const told = error === undefined ? "" : inspect(error, { depth: 9 });
    expect(told.toLowerCase()).not.toContain("t0kenv");
  });

  it("takes a key in any case, once", async () => {
    expect([...(await read("HOST: a\nApi-Token: b\n")).keys()]).toEqual(["host", "api-token"]);
    await expect(read("host: a\nHost: b\n")).rejects.toThrow(/host in .*line 2 is given more than once/);
  });

  it("is .baton.yaml, else .baton.yml", async () => {
    const before = process.cwd();
    process.chdir(folder);
    try {
      expect((await fromFile(SETTINGS, {})).size).toBe(0);
      writeFileSync(".baton.yml", "host: yml\n");
      expect((await fromFile(SETTINGS, {})).get("host")?.texts).toEqual(["yml"]);
      writeFileSync(".baton.yaml", "host: yaml\n");
      expect((await fromFile(SETTINGS, {})).get("host")?.texts).toEqual(["yaml"]);
    } finally {
      process.chdir(before);
    }
  });

  it("refuses what holds no settings, and a named file that is not there", async () => {
    await expect(read("- host\n")).rejects.toMatchObject({ kind: "usage" });
    await expect(fromFile(SETTINGS, { BATON_CONFIG_PATH: join(folder, "none.yaml") })).rejects.toThrow(/there is none/);
  });
});
