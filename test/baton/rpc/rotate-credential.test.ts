import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Decrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, expect, it } from "vitest";
import { withLeases } from "../../../src/baton/leases/connector.ts";
import { openLedger } from "../../../src/baton/leases/ledger.ts";
import type { RpcServer } from "../../../src/baton/rpc/server/server.ts";
import { Capability, ConnectorService } from "../../../src/gen/c1/connector/v2/connector_pb.ts";
import { AccountManagerService, CredentialManagerService } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { silentLog } from "../../../src/runtime/log/log.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { CERT, KEY } from "../../sandbox/tls-fixture.ts";
import { Caller, refusal } from "./caller.ts";
import { golden, goldenSandbox, oktaConnector } from "./okta.ts";
import { serveConnector } from "./serve.ts";

const folder = mkdtempSync(join(tmpdir(), "baton-rotate-"));
const tls = { cert: join(folder, "tls.crt"), key: join(folder, "tls.key") };
let sandbox: Sandbox;
const servers: RpcServer[] = [];
const clients: Caller[] = [];
let client: Caller;
let readOnly: Caller;
let plain: Caller;

beforeAll(async () => {
  writeFileSync(tls.cert, CERT);
  writeFileSync(tls.key, KEY);
  sandbox = await goldenSandbox();
  const connector = oktaConnector(sandbox);
  const ledger = await openLedger(join(folder, "leases.db"));
  const deps = {
    ledger,
    connector,
    clock: systemClock,
    log: silentLog,
    org: sandbox.url,
    holder: "h",
    actor: "platform",
  };
  const leased = withLeases(deps, silentLog);
  for (const [served, provisioning] of [
    [leased, true],
    [leased, false],
    [connector, true],
  ] as const) {
    const server = await serveConnector(served, { tls, provisioning });
    servers.push(server);
    clients.push(new Caller(server.address, CERT));
  }
  [client, readOnly, plain] = clients as [Caller, Caller, Caller];
});
afterAll(async () => {
  for (const one of clients) one.close();
  await Promise.all(servers.map((server) => server.stop()));
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const rotate = CredentialManagerService.method.rotateCredential;
const random = (length = 20n) => ({ options: { case: "randomPassword" as const, value: { length } } });
const user = (resource: string) => ({ resourceType: "user", resource });

it("rotates the password of an account that it made, encrypted to each key, and of no other", async () => {
  const identity = await generateIdentity();
  const config = {
    provider: "baton/age/v1",
    config: { case: "ageRecipientConfig" as const, value: { recipient: await identityToRecipient(identity) } },
  };
  const made = await client.call(AccountManagerService.method.createAccount, {
    accountInfo: { profile: { first_name: "Made", last_name: "Here", email: "made.rpc@acme.example" } },
    credentialOptions: random(),
    encryptionConfigs: [config],
  });
  const id = made.result.value!.resource!.id!;
  const answer = await client.call(rotate, {
    resourceId: id,
    credentialOptions: { ...random(24n), forceChangeAtNextLogin: true },
    encryptionConfigs: [config, config],
  });
  expect(answer.resourceId).toMatchObject({ resourceType: "user", resource: id.resource });
  expect(answer.encryptedData).toHaveLength(2);
  const age = new Decrypter();
  age.addIdentity(identity);
  expect(await age.decrypt(answer.encryptedData[0]!.encryptedBytes, "text")).toHaveLength(24);
  expect(answer.encryptedData[0]).toMatchObject({ provider: "baton/age/v1", name: "password" });

  const other = golden("org.json").users.find(({ status }: { status: string }) => status === "ACTIVE").id;
  const asked = { credentialOptions: random(), encryptionConfigs: [config] };
  const codes = await Promise.all(
    [
      client.call(rotate, { ...asked, resourceId: user(other) }),
      client.call(rotate, { ...asked, resourceId: user("00uNobodyHere000000X") }),
      client.call(rotate, { ...asked, resourceId: { resourceType: "app", resource: "0oa1" } }),
      client.call(rotate, asked),
      client.call(rotate, { resourceId: id, encryptionConfigs: [config] }),
      client.call(rotate, { resourceId: id, credentialOptions: random() }),
      client.call(rotate, { ...asked, resourceId: id, credentialOptions: random(7n) }),
      client.call(rotate, {
        ...asked,
        resourceId: id,
        credentialOptions: { options: { case: "noPassword", value: {} } },
      }),
      client.call(rotate, { ...asked, resourceId: id, credentialOptions: { options: { case: "sso", value: {} } } }),
      readOnly.call(rotate, { ...asked, resourceId: id }),
      plain.call(rotate, { ...asked, resourceId: id }),
    ].map(async (call) => (await refusal(call)).code),
  );
  const wrong = Array.from({ length: 6 }, () => "INVALID_ARGUMENT");
  expect(codes).toEqual([
    ...["FAILED_PRECONDITION", "NOT_FOUND", "UNIMPLEMENTED"],
    ...wrong,
    ...["FAILED_PRECONDITION", "UNIMPLEMENTED"],
  ]);
});

it("says so in its metadata where a ledger is given, and only there", async () => {
  const capabilities = async (caller: Caller) =>
    (await caller.call(ConnectorService.method.getMetadata, {})).metadata!.capabilities!;
  const leased = await capabilities(client);
  expect(leased.connectorCapabilities).toContain(Capability.CREDENTIAL_ROTATION);
  expect(leased.credentialDetails?.capabilityCredentialRotation?.supportedCredentialOptions).toHaveLength(1);
  const able = leased.resourceTypeCapabilities.filter((one) =>
    one.capabilities.includes(Capability.CREDENTIAL_ROTATION),
  );
  expect(able.map(({ resourceType }) => resourceType?.id)).toEqual(["user"]);
  const bare = await capabilities(plain);
  expect(bare.connectorCapabilities).not.toContain(Capability.CREDENTIAL_ROTATION);
  expect(bare.credentialDetails?.capabilityCredentialRotation).toBeUndefined();
});
