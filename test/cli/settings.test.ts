import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { readSettings, requireAccess } from "../../src/cli/settings.ts";
import type { Output } from "../../src/cli/terminal/output.ts";

const NO_FILE = { BATON_CONFIG_PATH: "" };
const settings = async (argv: string[], env: NodeJS.ProcessEnv = {}) =>
  (await readSettings(argv, { ...NO_FILE, ...env })).values;
const access = async (argv: string[], env?: NodeJS.ProcessEnv) => requireAccess(await settings(argv, env));

describe("the settings of a run", () => {
  it("have the defaults of the Baton command line", async () => {
    expect(await settings([])).toMatchObject({
      file: "sync.c1z",
      "auth-method": "api-token-group",
      "sync-inactive-apps": true,
      "sync-custom-roles": false,
      "sync-secrets": false,
      "filter-email-domains": [],
      "log-level": "info",
      "rate-limit-share": 0.8,
      "http-timeout-seconds": 300,
      cache: true,
      "cache-tti": 60,
      "cache-ttl": 300,
    });
  });

  it("come from the environment too", async () => {
    const env = {
      BATON_DOMAIN: "a.example",
      BATON_SYNC_SECRETS: "1",
      BATON_FILTER_EMAIL_DOMAINS: "x.example,y.example",
    };
    expect(await settings(["--domain", "b.example"], env)).toMatchObject({
      domain: "b.example",
      "sync-secrets": true,
      "filter-email-domains": ["x.example", "y.example"],
    });
  });

  it("take what means nothing here", async () => {
    await settings(["--ticketing", "--keep-previous-sync-c1z", "--cache=false", "--storage-engine", "sqlite"]);
  });

  it.each([
    [["--storage-engine", "rocks"], "--storage-engine takes one of sqlite, pebble"],
    [["--workers", "-2"], "a whole number from -1 to 64"],
    [["--http-timeout-seconds", "0"], "a whole number from 1 to 1800"],
    [["--http-timeout-seconds", "1801"], "a whole number from 1 to 1800"],
    [["--rate-limit-share", "1.1"], "a number from 0.01 to 1"],
    [["--auth-method", "password"], "one of api-token-group, private-key-group"],
    [["--skip-grants"], "--skip-grants goes with --sync-resources only"],
  ])("refuse %j", async (argv, message) => {
    await expect(settings(argv)).rejects.toMatchObject({ kind: "usage", message: expect.stringContaining(message) });
  });
});

describe("what comes from the Go connector's command line", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "baton-settings-"));
    return () => rmSync(folder, { recursive: true });
  });

  /** The settings, and the warnings that were told of them. */
  async function told(argv: string[], env: NodeJS.ProcessEnv = {}) {
    let stderr = "";
    const err = (text: string) => {
      stderr += text;
    };
    const output = { out: err, err, outIsTerminal: false, errIsTerminal: false } as unknown as Output;
    const { values } = await readSettings(argv, { ...NO_FILE, ...env }, output);
    const warnings = stderr
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
    return { values, warnings };
  }

  it.each([
    [["--storage-engine", "pebble"], {}, "--storage-engine"],
    [[], { BATON_STORAGE_ENGINE: "pebble" }, "BATON_STORAGE_ENGINE"],
  ])("the Pebble engine is taken with a warning: %j %j", async (argv, env, setting) => {
    const { warnings } = await told(argv, env);
    expect(warnings).toMatchObject([{ level: "warn", setting, msg: expect.stringContaining("SQLite") }]);
    expect((await told(["--storage-engine", "sqlite"])).warnings).toEqual([]);
  });

  it("more workers than can be are as many as can be, with a word", async () => {
    const { values, warnings } = await told(["--workers", "200"]);
    expect(values.workers).toBe(64);
    expect(warnings).toMatchObject([{ level: "warn", setting: "--workers", given: 200, taken: 64 }]);
    expect((await told(["--workers", "64"])).warnings).toEqual([]);
  });

  it("BATON_TMPDIR is where working files lie, unless a setting says else", async () => {
    expect((await told([], { BATON_TMPDIR: "/a" })).values["c1z-temp-dir"]).toBe("/a");
    expect((await told([])).values["c1z-temp-dir"]).toBeUndefined();
    const both = { BATON_TMPDIR: "/a", BATON_C1Z_TEMP_DIR: "/b" };
    expect((await told([], both)).values["c1z-temp-dir"]).toBe("/b");
    const file = join(folder, "x.yaml");
    writeFileSync(file, "c1z-temp-dir: /c\n");
    const env = { BATON_TMPDIR: "/a", BATON_CONFIG_PATH: file };
    expect((await told([], env)).values["c1z-temp-dir"]).toBe("/c");
  });

  it("named resources go with resource types, and with leaving entitlements out", async () => {
    await told(["--sync-resources", "bid:r:user/1", "--sync-resource-types", "user"]);
    await told(["--sync-resources", "bid:r:user/1", "--skip-entitlements-and-grants"]);
  });

  it("keys of the file are of any case, and unknown ones are named", async () => {
    const file = join(folder, "x.yaml");
    writeFileSync(file, "Domain: a.example\nSYNC-SECRETS: true\nlog-levle: debug\n00abcDEF: x\n");
    const { values, warnings } = await told([], { BATON_CONFIG_PATH: file });
    expect(values).toMatchObject({ domain: "a.example", "sync-secrets": true, "log-level": "info" });
    expect(warnings).toMatchObject([
      { level: "warn", setting: "log-levle", at: `${file}, line 3`, didYouMean: "log-level" },
      { level: "warn", at: `${file}, line 4` },
    ]);
    expect(JSON.stringify(warnings)).not.toContain("00abc");
  });

  it("a map may stand for JSON", async () => {
    const file = join(folder, "x.yaml");
    writeFileSync(
      file,
      "create-account-profile:\n  email: ada@acme.example\n  additionalAttributes: {level: 3, remote: true, code: '007', none: null}\n",
    );
    const { values } = await told([], { BATON_CONFIG_PATH: file });
    expect(JSON.parse(values["create-account-profile"]!)).toEqual({
      email: "ada@acme.example",
      additionalAttributes: { level: 3, remote: true, code: "007", none: null },
    });
    writeFileSync(file, "file: {a: b}\n");
    await expect(told([], { BATON_CONFIG_PATH: file })).rejects.toThrow(/file in .* takes a single value/);
  });

  it.each([
    [["--create-ticket"], /--create-ticket cannot be done: .* no tickets/],
    [["--bulk-create-ticket", "--bulk-ticket-template-path", "x.json"], /no tickets/],
    [["--get-ticket", "--ticket-id", "1"], /no tickets/],
    [["--list-ticket-schemas"], /no tickets/],
    [["--ticket-template-path", "x.json"], /no tickets/],
    [["--list-resource-actions", "user"], /no actions of a resource's own/],
    [["--invoke-resource-action", "x", "--invoke-resource-action-resource-type", "user"], /--invoke-resource-action /],
    [["--external-resource-c1z", "x.c1z"], /another snapshot/],
    [["--external-resource-traits", "user,group"], /another snapshot/],
  ])("%j is taken, and refused with the reason", async (argv, message) => {
    await expect(settings(argv)).rejects.toMatchObject({
      kind: "unimplemented",
      message: expect.stringMatching(message),
      advice: expect.anything(),
    });
  });

  it("what decides nothing here is passed over", async () => {
    await settings(["--session-store-maximum-size", "1000", "--log-level-debug-expires-at", "2030-01-01T00:00:00Z"]);
  });
});

describe("operations", () => {
  it("lets a switch be off", async () => {
    await settings(["--health-check=false"], { BATON_PROVISIONING: "false" });
  });

  it("refuses two operations at once, and half a pair", async () => {
    const grant = ["--grant-entitlement", "e", "--grant-principal", "p", "--grant-principal-type", "user"];
    await expect(settings([...grant, "--revoke-grant", "g"])).rejects.toThrow(/cannot be asked for at once/);
    await expect(settings(["--client-id", "a"])).rejects.toThrow("--client-id needs --client-secret as well");
    await expect(settings([], { BATON_CLIENT_SECRET: "s3cret" })).rejects.toThrow(
      "BATON_CLIENT_SECRET needs --client-id as well",
    );
    await expect(settings(grant.slice(0, 4))).rejects.toThrow(
      "--grant-entitlement needs --grant-principal-type as well",
    );
  });
});

describe("what it takes to get in", () => {
  it.each([
    [[], "--domain is missing", "BATON_DOMAIN"],
    [["--domain", "a.example"], "--api-token is missing", "BATON_API_TOKEN"],
    [["--domain", "a.example", "--okta-client-id", "x"], "--api-token is missing", "--auth-method private-key-group"],
    [
      ["--domain", "a.example", "--auth-method", "private-key-group"],
      "--okta-client-id is missing",
      "BATON_OKTA_CLIENT_ID",
    ],
    [
      ["--domain", "a", "--auth-method", "private-key-group", "--okta-client-id", "i", "--okta-private-key", "k"],
      "--okta-private-key-id is missing",
      "BATON_OKTA_PRIVATE_KEY_ID",
    ],
  ])("with %j names the flag and the variable", async (argv, message, advice) => {
    await expect(access(argv)).rejects.toMatchObject({
      kind: "usage",
      message,
      advice: expect.stringContaining(advice),
    });
  });

  it("is enough with either method", async () => {
    await access(["--domain", "a.example"], { BATON_API_TOKEN: "t" });
    const key = { BATON_OKTA_CLIENT_ID: "i", BATON_OKTA_PRIVATE_KEY: "k", BATON_OKTA_PRIVATE_KEY_ID: "1" };
    await access(["--domain", "a.example", "--auth-method", "private-key-group"], key);
  });
});
