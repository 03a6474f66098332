import { describe, expect, it } from "vitest";
import { readSettings, requireAccess } from "../../src/cli/settings.ts";

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
    [["--storage-engine", "pebble"], "--storage-engine takes one of sqlite"],
    [["--http-timeout-seconds", "0"], "a whole number from 1 to 1800"],
    [["--http-timeout-seconds", "1801"], "a whole number from 1 to 1800"],
    [["--rate-limit-share", "1.1"], "a number from 0.01 to 1"],
    [["--auth-method", "password"], "one of api-token-group, private-key-group"],
    [["--skip-grants"], "--skip-grants goes with --sync-resources only"],
    [["--sync-resources", "bid:r:user/1", "--sync-resource-types", "user"], "do not go together"],
    [["--sync-resources", "bid:r:user/1", "--skip-entitlements-and-grants"], "do not go together"],
  ])("refuse %j", async (argv, message) => {
    await expect(settings(argv)).rejects.toMatchObject({ kind: "usage", message: expect.stringContaining(message) });
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
