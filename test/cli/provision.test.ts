import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromJson } from "@bufbuild/protobuf";
import { Decrypter, generateIdentity, identityToRecipient } from "age-encryption";
import type { JWK } from "jose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parseEntitlementId } from "../../src/baton/model/ids.ts";
import { registry } from "../../src/baton/model/registry.ts";
import { ConnectorCapabilitiesSchema } from "../../src/gen/c1/connector/v2/connector_pb.ts";
import { GrantSchema } from "../../src/gen/c1/connector/v2/grant_pb.ts";
import { orgFromJson } from "../../src/sandbox/org/json.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { type Ended, runHere } from "./in-process.ts";

interface GoldenOrg {
  users: { id: string; status: string; profile: { login: string; displayName?: string } }[];
  groups: {
    id: string;
    type: string;
    profile: { name: string };
    _embedded?: { stats?: { hasAdminPrivilege?: boolean } };
  }[];
  apps: { id: string }[];
  groupMembers: Record<string, string[]>;
  bindings: Record<string, Record<string, { principal: string }[]>>;
}
const golden: GoldenOrg = JSON.parse(readFileSync("test/golden/org.json", "utf8"));
/** A group of the org's own; one that makes nobody an admin, as members of those are for super admins to change. */
const group = golden.groups.find(
  ({ type, _embedded }) => type === "OKTA_GROUP" && _embedded?.stats?.hasAdminPrivilege === false,
)!;
const everyone = golden.groups.find(({ type }) => type === "BUILT_IN")!;
const outside = golden.users.filter(
  ({ id, status }) => status === "ACTIVE" && !golden.groupMembers[group.id]?.includes(id),
);
const [ada, bob, cleo] = outside as [GoldenOrg["users"][0], GoldenOrg["users"][0], GoldenOrg["users"][0]];
const member = `group:${group.id}:member`;

let folder: string;
let sandbox: Sandbox;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "baton-provision-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  sandbox = await startSandbox({ org: orgFromJson(golden), limits: "off" });
});
afterEach(() => sandbox.close());

/** Runs a command against the org, with no snapshot unless one is named. */
function run(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const settings = {
    BATON_DOMAIN: sandbox.url,
    BATON_API_TOKEN: sandbox.token,
    BATON_FILE: join(folder, "absent.c1z"),
    BATON_CONFIG_PATH: "",
    BATON_LEASE_STORE: join(folder, "leases.db"),
    ...env,
  };
  return runHere(argv, settings);
}

/** Requests that change something, as the sandbox saw them. */
async function writesOf(work: () => Promise<unknown>): Promise<string[]> {
  const seen: string[] = [];
  const end = sandbox.onRequest(({ method, url }) => {
    if (method !== "GET" && !url.startsWith("/oauth2")) seen.push(`${method} ${url.split("?")[0]}`);
  });
  await work();
  end();
  return seen;
}

async function members(): Promise<string[]> {
  const answer = await fetch(`${sandbox.url}/api/v1/groups/${group.id}/users?limit=1000`, {
    headers: { authorization: `SSWS ${sandbox.token}` },
  });
  return ((await answer.json()) as { id: string }[]).map(({ id }) => id);
}

describe("grant and revoke", () => {
  it("change what is asked for by flags, without a snapshot, and say what was so already", async () => {
    const flags = ["--grant-entitlement", member, "--grant-principal", ada.id, "--grant-principal-type", "user"];
    const granted = await run(flags);
    expect(granted).toMatchObject({
      code: 0,
      stdout: `Granted ${group.profile.name} (${member}) to user:${ada.id}.\n`,
    });
    expect(await members()).toContain(ada.id);
    expect(await run(flags)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("already; nothing was changed"),
    });
    const grant = `${member}:user:${ada.id}`;
    expect(await run(["--revoke-grant", grant])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Revoked /) });
    expect(await members()).not.toContain(ada.id);
    expect(await run(["--revoke-grant", grant])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("nothing was changed"),
    });
  });

  it("are commands too, and answer as JSON", async () => {
    const granted = await run(["grant", member, ada.id, "-o", "json"]);
    const told = JSON.parse(granted.stdout);
    expect(told).toMatchObject({
      operation: "grant",
      result: "granted",
      entitlement: member,
      principalType: "user",
      principal: ada.id,
    });
    const [made] = told.grants.map((json: never) => fromJson(GrantSchema, json, { registry }));
    expect(made.id).toBe(`${member}:user:${ada.id}`);
    const revoked = await run(["revoke", member, `user:${ada.id}`, "--yes", "-o", "json"]);
    expect(JSON.parse(revoked.stdout)).toMatchObject({ operation: "revoke", result: "revoked" });
    expect(JSON.parse((await run(["revoke", `${member}:user:${ada.id}`, "-y", "-o", "json"])).stdout)).toMatchObject({
      result: "already",
    });
  });

  it("need --yes to take away where nobody can be asked, and a rehearsal does not", async () => {
    await run(["grant", member, ada.id]);
    const writes = await writesOf(async () => {
      const refused = await run(["revoke", member, ada.id]);
      expect(refused).toMatchObject({ code: 2, stdout: "" });
      expect(refused.stderr).toContain("--yes");
      const rehearsed = await run(["revoke", member, ada.id, "--dry-run"]);
      expect(rehearsed).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^Would revoke .*\n {2}DELETE \/api\/v1\/groups\//),
      });
      const json = await run(["grant", member, bob.id, "--dry-run", "-o", "json"]);
      expect(JSON.parse(json.stdout)).toMatchObject({
        result: "planned",
        requests: [`PUT /api/v1/groups/${group.id}/users/${bob.id}`],
        grants: [],
      });
    });
    expect(writes).toEqual([]);
  });

  it("send no more than one write, and two reads besides", async () => {
    sandbox.resetCalls();
    expect(await writesOf(() => run(["grant", member, ada.id]))).toEqual([
      `PUT /api/v1/groups/${group.id}/users/${ada.id}`,
    ]);
    expect(sandbox.calls().total).toBeLessThanOrEqual(3);
  });

  it("change types that a sync has to be told to read", async () => {
    const [set, bindings] = Object.entries(golden.bindings)[0]!;
    const [role, [first]] = Object.entries(bindings)[0]! as [string, [{ principal: string }]];
    const entitlement = `resourceset-binding:${set}:${role}:member`;
    const writes = await writesOf(async () => {
      const id = first.principal.split("/")[1]!;
      const ended = await run(["revoke", `${entitlement}:user:${id}`, "--yes", "-o", "json"]);
      expect(JSON.parse(ended.stdout)).toMatchObject({ result: "revoked", entitlement, principal: id });
    });
    expect(writes).toEqual([expect.stringMatching(new RegExp(`^DELETE .*/resource-sets/${set}/bindings/${role}/`))]);
  });

  it.each([
    [["grant", "group:x:member"], 2, /takes an entitlement and a principal/],
    [["grant", "nonsense", "00u1"], 2, /is not the id of an entitlement/],
    [["grant", "grop:00g1:member", "00u1"], 1, /Did you mean group\?.*no resource type/],
    [["grant", "custom-role:cr1:assigned", "00u1"], 1, /cannot be granted/],
    [["grant", member, "app:0oa1"], 2, /cannot be held by/],
    [["revoke", "a:b:c"], 2, /is not the id of a grant/],
    [["revoke"], 2, /takes a grant, or an entitlement and a principal/],
    [["grant", member, "00u1", "--results", "x"], 2, /--results goes with --from only/],
    [["grant", member, "00u1", "--revoke-grant", "x"], 2, /cannot be asked for at once/],
    [
      ["--revoke-grant", "a", "--delete-resource", "b", "--delete-resource-type", "user"],
      2,
      /cannot be asked for at once/,
    ],
    [["--grant-principal", "00u1"], 2, /needs --grant-entitlement as well/],
    [["--dry-run"], 2, /--dry-run goes with a change only/],
    [["--rotate-credentials", "00u1", "--rotate-credentials-type", "user"], 1, /cannot be rotated/],
    [["grant", `group:${everyone.id}:member`, "00uHere000000000001"], 1, /BUILT_IN|there is no user/i],
  ])("%j ends with %i and says why", async (argv, code, why) => {
    const ended = await run(argv);
    expect(ended.stderr.replaceAll("\n", " ")).toMatch(why);
    expect(ended).toMatchObject({ code, stdout: "" });
  });

  it("end with 3 where the token may not, having changed nothing", async () => {
    const { code, stderr } = await run(["grant", member, ada.id], { BATON_API_TOKEN: "wrong" });
    expect(code).toBe(3);
    expect(stderr).toContain("unauthenticated");
  });

  it("pass over operations that the environment asks for, where a command is named", async () => {
    const ended = await run(["grant", member, ada.id], {
      BATON_DELETE_RESOURCE: group.id,
      BATON_DELETE_RESOURCE_TYPE: "group",
    });
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Granted/) });
  });
});

describe("with a snapshot", () => {
  it("names are told, and what was probably meant", async () => {
    const file = join(folder, "names.c1z");
    const env = { BATON_FILE: file };
    expect((await run([], env)).code).toBe(0);
    const granted = await run(["grant", member, ada.id], env);
    expect(granted.stdout).toContain(`${group.profile.name} Group Member (${member}) to `);
    expect(granted.stdout).toContain(`(user:${ada.id})`);
    const near = `group:${group.id.slice(0, -1)}_:member`;
    expect((await run(["grant", near, ada.id], env)).stderr).toContain(`Did you mean ${member}`);
    expect((await run(["grant", group.profile.name, ada.id], env)).stderr).toContain(`Did you mean ${member}`);
    expect((await run(["grant", member, bob.profile.login], env)).stderr).toContain(`Did you mean ${bob.id}`);
    expect(parseEntitlementId(member).id).toBe(group.id);
    expect((await run(["--revoke-grant", `${near}:user:${ada.id}`], env)).stderr).toContain(`Did you mean ${member}`);
    const nobody = `${member}:user:${ada.id.slice(0, -1)}_`;
    expect((await run(["revoke", nobody, "--yes"], env)).stderr).toContain(`Did you mean ${ada.id}`);
    const enabling = ["action", "run", "enable_user", "--arg", `user_id=${ada.id.slice(0, -1)}_`];
    expect((await run(enabling, env)).stderr).toContain(`Did you mean ${ada.id}`);
    writeFileSync(file, "no snapshot");
    expect((await run(["grant", member, ada.id], env)).code).toBe(0);
  });
});

describe("the audit log", () => {
  it("holds each write with who asked, and is a line of the log too", async () => {
    const file = join(folder, "audit.jsonl");
    const granted = await run(["grant", member, ada.id, "--audit-log", file, "--requested-by", "ada"]);
    await run(["grant", member, ada.id, "--audit-log", file]);
    await run(["revoke", member, ada.id, "--dry-run", "--audit-log", file]);
    const entries = readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const request = `PUT /api/v1/groups/${group.id}/users/${ada.id}`;
    const whole = { actor: "ada", operation: "grant", on: member, principal: `user:${ada.id}`, request };
    expect(entries).toMatchObject([
      { phase: "intent", ...whole },
      { phase: "outcome", ...whole, status: 204, requestId: expect.stringMatching(/./) },
    ]);
    const logged = granted.stderr
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(logged).toMatchObject([{ msg: "changed", ...whole, status: 204 }]);
  });

  it("that cannot be written keeps everything as it is", async () => {
    const before = await members();
    const ended = await run(["grant", member, ada.id, "--audit-log", join(folder, "no", "where.jsonl")]);
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    const full = await run(["grant", member, ada.id, "--audit-log", "/dev/full"]);
    expect(full.code).toBe(1);
    expect(full.stderr).toContain("cannot be written (ENOSPC)");
    expect(await members()).toEqual(before);
  });
});

describe("delete", () => {
  it("takes a raw id and a type, by flags and as a command", async () => {
    expect(await run(["delete", "group", group.id])).toMatchObject({ code: 2, stdout: "" });
    const writes = await writesOf(() => run(["delete", "user", cleo.id, "--dry-run"]));
    expect(writes).toEqual([]);
    expect(await run(["delete", "user", cleo.id, "--yes"])).toMatchObject({
      code: 0,
      stdout: `Deleted user:${cleo.id}.\n`,
    });
    expect((await run(["delete", "user", cleo.id, "--yes", "-o", "json"])).stdout).toContain('"result": "already"');
    const flags = ["--delete-resource", group.id, "--delete-resource-type", "group"];
    expect(await run(flags)).toMatchObject({ code: 0, stdout: `Deleted group:${group.id}.\n` });
    expect((await run(flags)).code).toBe(1);
    expect((await run(["delete", "app", golden.apps[0]!.id, "--yes"])).stderr).toContain("cannot be deleted");
  });
});

describe("creating an account", () => {
  const profile = JSON.stringify({ first_name: "Ada", last_name: "Lovelace" });
  const user = async (login: string) => {
    const headers = { authorization: `SSWS ${sandbox.token}` };
    return (await (await fetch(`${sandbox.url}/api/v1/users/${login}`, { headers })).json()) as {
      id: string;
      status: string;
    };
  };

  it("takes a profile and what it lacks, sets no password, and knows who is there already", async () => {
    const flags = ["--create-account-profile", profile, "--create-account-email", "new@acme.example"];
    expect(await run(flags)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Created Ada Lovelace \(user:/) });
    expect((await user("new@acme.example")).status).toBe("PROVISIONED");
    const again = await run([...flags, "-o", "json"]);
    expect(JSON.parse(again.stdout)).toMatchObject({ result: "already", encryptedData: [] });
    const file = join(folder, "profile.json");
    writeFileSync(file, profile);
    const command = [
      "create-account",
      "--profile",
      `@${file}`,
      "--email",
      "other@acme.example",
      "--login",
      "o@acme.example",
    ];
    expect((await run(command)).code).toBe(0);
    expect((await user("o@acme.example")).status).toBe("PROVISIONED");
  });

  it("prints a random password only encrypted, and logs nothing of it", async () => {
    const identity = await generateIdentity();
    const recipient = await identityToRecipient(identity);
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = join(folder, "key.pem");
    writeFileSync(pem, publicKey.export({ type: "spki", format: "pem" }));
    const argv = [
      "create-account",
      "--profile",
      profile,
      "--email",
      "p@acme.example",
      "--encrypt-to",
      `${recipient},${pem}`,
    ];
    const made = await run([...argv, "--password-length", "31", "-o", "json", "--log-level", "debug"]);
    const { encryptedData } = JSON.parse(made.stdout);
    expect(encryptedData.map(({ provider }: { provider: string }) => provider)).toEqual([
      "baton/age/v1",
      "baton/jwk/v1",
    ]);
    const age = new Decrypter();
    age.addIdentity(identity);
    const password = await age.decrypt(Buffer.from(encryptedData[0].encryptedBytes, "base64"), "text");
    expect(password).toHaveLength(31);
    expect(made.stdout + made.stderr).not.toContain(password);
    expect((await user("p@acme.example")).status).toBe("ACTIVE");
  });

  it.each([
    [["create-account"], /takes --profile or --email/],
    [["create-account", "--profile", "[]"], /takes a JSON object/],
    [["create-account", "--profile", "@absent.json"], /absent\.json of --profile cannot be read/],
    [["create-account", "--email", "a@b.example", "--encrypt-to", "package.json"], /holds no public key/],
    [["create-account", "--email", "a@b.example", "--encrypt-to", "age1xx"], /encryption_configs\[0\]/],
    [["create-account", "--email", "a@b.example", "--password-length", "12"], /goes with --encrypt-to only/],
    [["--create-account-profile", "{", "--create-account-email", "a@b.example"], /this is no JSON/],
  ])("refuses %j before anything is created", async (argv, why) => {
    let ended: Ended | undefined;
    const writes = await writesOf(async () => {
      ended = await run(argv);
    });
    expect(ended?.stderr).toMatch(why);
    expect([ended?.code, writes]).toEqual([2, []]);
  });
});

describe("actions", () => {
  it("are listed without credentials", async () => {
    const listed = await runHere(["action", "list"], { BATON_CONFIG_PATH: "" });
    expect(listed).toMatchObject({ code: 0, stderr: "" });
    for (const name of ["enable_user", "delete_user", "create"]) expect(listed.stdout).toContain(`  ${name} `);
    const json = await runHere(
      ["--list-action-schemas", "-o", "json", "--list-action-schemas-resource-type", "user"],
      {},
    );
    expect(JSON.parse(json.stdout).schemas.map(({ name }: { name: string }) => name)).toEqual([
      "deactivate_user",
      "delete_user",
      "update_profile",
    ]);
  });

  it("run with arguments in the types that they declare", async () => {
    const disabled = await run(["action", "run", "disable_user", "--arg", `user_id=${ada.id}`, "--yes"]);
    expect(disabled).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Ran disable_user\.\n {2}success: true\n/),
    });
    const args = JSON.stringify({ user_id: { resource_type_id: "user", resource_id: ada.id } });
    const enabled = await run(["--invoke-action", "enable_user", "--invoke-action-args", args, "-o", "json"]);
    expect(JSON.parse(enabled.stdout)).toMatchObject({
      operation: "action",
      result: "complete",
      response: { success: true },
    });
    const made = await run([
      "action",
      "run",
      "create",
      "--arg",
      "name=A, b",
      "--arg",
      `userMembers=${ada.id},${bob.id}`,
      "-o",
      "json",
    ]);
    expect(JSON.parse(made.stdout).response.resource.displayName).toBe("A, b");
  });

  it.each([
    [["action", "run", "disable_user", "--arg", "user_id=00u1"], 2, /--yes/],
    [["action", "run", "enable_usr"], 1, /did you mean enable_user/i],
    [["action", "run", "enable_user", "--arg", "usr_id=1"], 2, /did you mean user_id/i],
    [["action", "run", "enable_user", "--arg", "user_id"], 2, /takes NAME=VALUE/],
    [["action", "run", "enable_user", "--arg", "user_id=1", "--args", '{"user_id":"2"}'], 2, /given twice/],
    [["action", "run", "enable_user"], 2, /user_id of enable_user is missing/],
    [["action", "run", "enable_user", "--arg", "user_id=00uNowhere0000000001"], 1, /00uNowhere/],
    [["action", "rnu", "x"], 2, /did you mean run/i],
    [["--invoke-action", "deactivate_user", "--invoke-action-resource-type", "group"], 1, /deactivate_user/],
    [["--invoke-action-args", "{}"], 2, /needs --invoke-action as well/],
  ])("%j ends with %i and says why", async (argv, code, why) => {
    const ended = await run(argv);
    expect(ended.stderr).toMatch(why);
    expect(ended.code).toBe(code);
  });
});

describe("many at once", () => {
  const list = () => {
    const file = join(folder, "list.jsonl");
    const line = (entitlement: string, principal: string) => JSON.stringify({ entitlement, principal });
    writeFileSync(
      file,
      [line(member, ada.id), line(member, bob.id), "nonsense", line(`group:${everyone.id}:member`, cleo.id)].join("\n"),
    );
    return file;
  };

  it("are told line by line, and skipped in another run where they are done", async () => {
    const from = list();
    const results = join(folder, "results.jsonl");
    const first = await run(["grant", "--from", from, "--results", results, "-o", "json"]);
    expect(first.code).toBe(1);
    const told = first.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(told.at(-1)).toEqual({
      summary: { done: 2, already: 0, skipped: 0, duplicate: 0, failed: 2, stopped: 0, planned: 0 },
    });
    const byLine = Object.fromEntries(told.slice(0, -1).map(({ line, result, kind }) => [line, [result, kind]]));
    expect(byLine).toEqual({
      1: ["done", undefined],
      2: ["done", undefined],
      3: ["failed", "invalidArgument"],
      4: ["failed", "failedPrecondition"],
    });
    // A run that was killed in the middle of a line leaves it torn.
    writeFileSync(results, `${readFileSync(results, "utf8")}{"line":9,"op`);
    const writes = await writesOf(async () => {
      const second = await run(["grant", "--from", from, "--results", results]);
      expect(second.stdout).toContain("2 done by an earlier run, 2 failed.");
    });
    expect(writes.filter((write) => write.includes(group.id))).toEqual([]);
    const revoked = await run(["revoke", "--from", from, "--results", results, "--yes"]);
    expect(revoked.stdout).toMatch(/^2 revoked/m);
    const again = await run(["grant", "--from", from, "--results", results]);
    expect(again.stdout).toMatch(/^2 granted/m);
  });

  it("are rehearsed without a write", async () => {
    const from = list();
    const writes = await writesOf(async () => {
      const { stdout } = await run(["grant", "--from", from, "--dry-run"]);
      expect(stdout).toContain("Nothing was changed: 2 would be granted, 2 failed.");
    });
    expect(writes).toEqual([]);
  });

  it("end early where the token is refused", async () => {
    const { code, stdout } = await run(["grant", "--from", list(), "--concurrency", "1"], { BATON_API_TOKEN: "wrong" });
    expect(code).toBe(3);
    expect(stdout).not.toContain("granted");
  });

  it.each([
    [["grant", "--from", "absent.jsonl"], /absent\.jsonl cannot be read/],
    [["revoke", "--from", "package.json"], /--yes/],
    [["grant", "x", "--from", "package.json"], /not both/],
    [["grant", "--from", "package.json", "--results", "README.md"], /is no file of results/],
  ])("refuse %j", async (argv, why) => {
    const ended = await run(argv);
    expect(ended.stderr).toMatch(why);
    expect(ended.code).toBe(2);
  });
});

describe("an OAuth app", () => {
  it("with no more scopes than a change takes is asked for no more, and does it", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const client = {
      clientId: "0oaGroups",
      publicJwks: [{ ...publicKey.export({ format: "jwk" }), kid: "k1" } as JWK],
      grantedScopes: ["okta.groups.manage", "okta.users.read"],
      roles: ["USER_ADMIN"],
    };
    const served = await startSandbox({
      org: orgFromJson(golden),
      limits: "off",
      auth: "oauth",
      oauthClients: [client],
    });
    const asked: string[] = [];
    served.onRequest(({ url, body }) => {
      if (url.startsWith("/oauth2")) asked.push(new URLSearchParams(body).get("scope") ?? "");
    });
    try {
      const key = join(folder, "okta.pem");
      writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }));
      const env = {
        BATON_DOMAIN: served.url,
        BATON_API_TOKEN: "",
        BATON_AUTH_METHOD: "private-key-group",
        BATON_OKTA_CLIENT_ID: client.clientId,
        BATON_OKTA_PRIVATE_KEY: key,
        BATON_OKTA_PRIVATE_KEY_ID: "k1",
      };
      expect(await run(["grant", member, ada.id], env)).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^Granted/),
      });
      const list = join(folder, "oauth.jsonl");
      writeFileSync(list, JSON.stringify({ entitlement: member, principal: bob.id }));
      expect((await run(["grant", "--from", list], env)).code).toBe(0);
      expect(asked).toEqual(["okta.groups.manage okta.users.read", "okta.groups.manage okta.users.read"]);
      const refused = await run(["grant", `app:${golden.apps[0]!.id}:access`, ada.id], env);
      expect(refused.code).toBe(3);
      expect(refused.stderr).toContain("okta.apps.manage");
    } finally {
      await served.close();
    }
  });
});

describe("capabilities", () => {
  it("are printed without any configuration", async () => {
    const { code, stdout, stderr } = await runHere(["capabilities"], {});
    expect([code, stderr]).toEqual([0, ""]);
    const { "@type": type, ...json } = JSON.parse(stdout);
    expect(type).toBe("type.googleapis.com/c1.connector.v2.ConnectorCapabilities");
    const message = fromJson(ConnectorCapabilitiesSchema, json, { registry });
    expect(message.resourceTypeCapabilities).toHaveLength(9);
  });
});
