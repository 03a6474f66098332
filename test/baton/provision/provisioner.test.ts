import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WriteStep } from "../../../src/baton/connector.ts";
import { type AuditEntry, type AuditTrail, audited, auditFile } from "../../../src/baton/provision/audit.ts";
import { createProvisioner } from "../../../src/baton/provision/provisioner.ts";
import {
  CreateAccountRequestSchema,
  type CredentialOptionsSchema,
} from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { Failure } from "../../../src/runtime/failure.ts";
import { type Log, silentLog } from "../../../src/runtime/log/log.ts";
import { action, fakeConnector } from "./fake-connector.ts";

const call = { signal: new AbortController().signal };
const user = (id: string) => ({ type: "user", id });

function provisioning(audit?: AuditTrail, log: Log = silentLog) {
  const fake = fakeConnector({ actions: [action("touch", async () => ({ success: true }))] });
  return { ...fake, ...createProvisioner(fake.connector, { clock: systemClock, log, audit, actor: "tester" }) };
}

describe("granting and revoking", () => {
  it("takes ids or parts, and says what was so already", async () => {
    const { grant, revoke, held } = provisioning();
    expect(await grant("set:a:b:member", user("u1"), call)).toMatchObject({ already: false });
    expect(await grant({ resource: { type: "set", id: "a:b" }, slug: "member" }, user("u1"), call)).toMatchObject({
      already: true,
    });
    expect([...held]).toEqual(["a:b:member:u1"]);
    expect(await revoke("set:a:b:member:user:u1", call)).toMatchObject({ already: false });
    const parts = { resource: { type: "set", id: "a:b" }, slug: "member", principal: user("u1") };
    expect(await revoke(parts, call)).toMatchObject({ already: true });
  });

  it("reads a grant whose ids hold colons by the names that are known", async () => {
    const { grant, revoke, held } = provisioning();
    await grant("set:s:r:member", user("a:member:user:b"), call);
    // Without the names, the principal would be read as b.
    await expect(revoke("set:s:r:member:user:b", call)).resolves.toMatchObject({ already: true });
    expect(held.size).toBe(1);
  });

  it.each([
    ["group", "invalidArgument"],
    ["set:a", "invalidArgument"],
    ["set::member", "invalidArgument"],
    ["nothing:a:member", "notFound"],
    ["fixed:a:member", "unimplemented"],
    [`set:${"x".repeat(1025)}:member`, "invalidArgument"],
  ] as const)("refuses the entitlement %s as %s", async (id, kind) => {
    const { grant, revoke } = provisioning();
    await expect(grant(id, user("u1"), call)).rejects.toMatchObject({ kind });
    await expect(revoke(`${id}:user:u1`, call)).rejects.toMatchObject({ kind });
  });

  it("refuses principals without an id, and passes on what the connector refuses", async () => {
    const { grant } = provisioning();
    await expect(grant("set:a:member", user(""), call)).rejects.toMatchObject({ kind: "invalidArgument" });
    await expect(grant("set:a:member", { type: "fixed", id: "x" }, call)).rejects.toThrow("not a user");
  });

  it("names a near type", async () => {
    const { remove } = provisioning();
    await expect(remove({ type: "usr", id: "1" }, call)).rejects.toMatchObject({ advice: "did you mean user?" });
    await expect(remove({ type: "set", id: "1" }, call)).rejects.toMatchObject({ kind: "unimplemented" });
  });
});

describe("creating an account", () => {
  const request = (init: MessageInitShape<typeof CreateAccountRequestSchema>) =>
    create(CreateAccountRequestSchema, init);
  const accountInfo = { profile: { email: "a@b.example" } };
  const noPassword = { options: { case: "noPassword", value: {} } } as const;

  it("gives the connector the profile and the password's demands", async () => {
    const { createAccount, accounts } = provisioning();
    const credentialOptions = {
      options: {
        case: "randomPassword" as const,
        value: { length: 30n, constraints: [{ charSet: "ab", minCount: 2 }] },
      },
      forceChangeAtNextLogin: true,
    } satisfies MessageInitShape<typeof CredentialOptionsSchema>;
    const made = await createAccount(request({ accountInfo, credentialOptions, resourceTypeId: "user" }), call);
    expect(made).toMatchObject({ outcome: "created", encrypted: [] });
    expect(accounts).toMatchObject([
      {
        profile: { email: "a@b.example" },
        password: {
          kind: "random",
          length: 30,
          changeAtNextLogin: true,
          constraints: [{ charSet: "ab", minCount: 2 }],
        },
      },
    ]);
  });

  it.each([
    [{ credentialOptions: noPassword }, "invalidArgument", "account_info"],
    [{ accountInfo: {}, credentialOptions: noPassword }, "invalidArgument", "account_info.profile"],
    ...["", "ada", "ada@", "a b@acme.example", "ada@acme..example"].map((address): [object, string, string] => [
      {
        accountInfo: { ...accountInfo, emails: [{ address: "a@b.example" }, { address }] },
        credentialOptions: noPassword,
      },
      "invalidArgument",
      "account_info.emails[1].address",
    ]),
    [{ accountInfo }, "invalidArgument", "credential_options"],
    [{ accountInfo, credentialOptions: {} }, "invalidArgument", "credential_options"],
    [
      { accountInfo, credentialOptions: { options: { case: "sso", value: {} } } },
      "invalidArgument",
      "credential_options.sso",
    ],
    [
      { accountInfo, credentialOptions: { options: { case: "encryptedPassword", value: {} } } },
      "invalidArgument",
      "credential_options.encrypted_password",
    ],
    [{ accountInfo, credentialOptions: noPassword, resourceTypeId: "group" }, "unimplemented", undefined],
  ] as const)("refuses %j", async (init, kind, field) => {
    const { createAccount, accounts } = provisioning();
    await expect(createAccount(request(init as never), call)).rejects.toMatchObject({ kind, field });
    expect(accounts).toEqual([]);
  });

  it("creates nothing where the password could not be given to somebody", async () => {
    const { createAccount, accounts } = provisioning();
    const encryptionConfigs = [
      { provider: "baton/jwk/v1", config: { case: "jwkPublicKeyConfig", value: { pubKey: Buffer.from("{}") } } },
    ];
    const credentialOptions = { options: { case: "randomPassword", value: {} } };
    await expect(
      createAccount(request({ accountInfo, credentialOptions, encryptionConfigs } as never), call),
    ).rejects.toMatchObject({ kind: "invalidArgument", message: expect.stringContaining("encryption_configs[0]") });
    expect(accounts).toEqual([]);
  });
});

describe("the audit", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "baton-audit-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("keeps intent and outcome of each change, for its owner only, after what was there", async () => {
    const file = join(folder, "audit.jsonl");
    writeFileSync(file, '{"earlier":1}\n', { mode: 0o600 });
    const trail = auditFile(file);
    const lines: unknown[] = [];
    const log = { ...silentLog, info: (message: string, fields?: object) => lines.push([message, fields]) };
    const { grant, revoke, remove } = provisioning(trail, log);
    await grant("set:a:member", user("u1"), { ...call, actor: "ada" });
    await grant("set:a:member", user("u1"), call);
    await revoke("set:a:member:user:u1", call);
    await remove(user("u2"), call);
    trail.close();
    const [earlier, ...entries] = readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(earlier).toEqual({ earlier: 1 });
    expect(
      entries.map(({ phase, operation, actor, on, principal }) => [phase, operation, actor, on, principal]),
    ).toEqual([
      ["intent", "grant", "ada", "set:a:member", "user:u1"],
      ["outcome", "grant", "ada", "set:a:member", "user:u1"],
      ["intent", "revoke", "tester", "set:a:member", "user:u1"],
      ["outcome", "revoke", "tester", "set:a:member", "user:u1"],
      ["intent", "delete", "tester", "user:u2", undefined],
      ["outcome", "delete", "tester", "user:u2", undefined],
    ]);
    expect(entries[0].operationId).toBe(entries[1].operationId);
    expect(entries[2].operationId).not.toBe(entries[1].operationId);
    expect(entries[1]).toMatchObject({ request: "PUT /sets/a/u1", status: 204, requestId: "r1" });
    expect(lines.map((line) => (line as [string, { operation: string }])[1].operation)).toEqual([
      "grant",
      "revoke",
      "delete",
    ]);
    const fresh = join(folder, "fresh.jsonl");
    auditFile(fresh).close();
    expect(statSync(fresh).mode & 0o777).toBe(0o600);
  });

  it("changes nothing where the intent cannot be kept, and hides no change whose outcome cannot", async () => {
    const said: string[] = [];
    let fail: "intent" | "outcome" = "intent";
    const trail: AuditTrail = {
      append: ({ phase }) => {
        if (phase === fail) throw new Failure({ kind: "failedPrecondition", message: "no room" });
      },
      close() {},
    };
    const { grant, held } = provisioning(trail, { ...silentLog, error: (message) => said.push(message) });
    await expect(grant("set:a:member", user("u1"), call)).rejects.toThrow("no room");
    expect(held.size).toBe(0);
    fail = "outcome";
    await grant("set:a:member", user("u1"), call);
    expect(held.size).toBe(1);
    expect(said).toEqual(["the outcome of a change is missing from the audit log"]);
  });

  it("keeps nothing of a rehearsal, and tells its caller what would be sent", async () => {
    const kept: unknown[] = [];
    const steps: WriteStep[] = [];
    const { grant, held } = provisioning({ append: (entry) => kept.push(entry), close() {} });
    await grant("set:a:member", user("u1"), { ...call, dryRun: true, audit: (step) => steps.push(step) });
    expect([held.size, kept]).toEqual([0, []]);
    expect(steps).toEqual([{ phase: "planned", request: "PUT /sets/a/u1" }]);
  });

  it("names a new account by its login, which the log does not", () => {
    const kept: AuditEntry[] = [];
    const lines: unknown[] = [];
    const said = (message: string, fields?: object) => lines.push([message, fields]);
    const { audit } = audited(
      call,
      { operation: "create account", on: "ada@acme.example", isPersonal: true },
      {
        clock: systemClock,
        log: { ...silentLog, info: said, warn: said },
        trail: { append: (entry) => kept.push(entry), close() {} },
        actor: "tester",
        id: "op1",
      },
    );
    audit!({ phase: "intent", request: "POST /users" });
    audit!({ phase: "outcome", request: "POST /users", status: 200 });
    audit!({ phase: "outcome", request: "POST /users", error: "refused" });
    expect(kept.map(({ phase, on }) => [phase, on])).toEqual([
      ["intent", "ada@acme.example"],
      ["outcome", "ada@acme.example"],
      ["outcome", "ada@acme.example"],
    ]);
    expect(JSON.stringify(kept)).not.toContain("isPersonal");
    expect(lines).toHaveLength(2);
    expect(JSON.stringify(lines)).toContain("op1");
    expect(JSON.stringify(lines)).not.toMatch(/ada|isPersonal/);
  });

  it("refuses a file that cannot be opened", () => {
    expect(() => auditFile(join(folder, "no", "where"))).toThrow(/cannot be opened \(ENOENT\)/);
  });
});
