import { create, type DescField, type DescMessage, type DescMethod, ScalarType, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import pLimit from "p-limit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { registry } from "../../src/baton/model/registry.ts";
import type { RpcServer } from "../../src/baton/rpc/server/server.ts";
import { Code } from "../../src/baton/rpc/status.ts";
import { GrantsService } from "../../src/gen/c1/connector/v2/grant_pb.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { Caller, pathOf, Refused } from "../baton/rpc/caller.ts";
import { golden, goldenSandbox, oktaConnector } from "../baton/rpc/okta.ts";
import { serveConnector } from "../baton/rpc/serve.ts";

const org = golden("org.json");
let sandbox: Sandbox;
let server: RpcServer;
const unexpected: unknown[] = [];

beforeAll(async () => {
  sandbox = await goldenSandbox();
  const log = { debug() {}, info() {}, warn() {}, error: (_: string, fields: unknown) => void unexpected.push(fields) };
  server = await serveConnector(oktaConnector(sandbox), { provisioning: true, log });
});

afterAll(async () => {
  await server.stop();
  await sandbox.close();
});

/** What each field may be: what is there, what is not, and what is too long. */
const texts = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom("user", "group", "app", "role", "resourceset-binding", "device", "", "baton_feed_event"),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(org.users[0].id, org.groups[0].id, org.apps[0].id, "SUPER_ADMIN", "a:b", "..", "%2e"),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "group:x:member",
      "member",
      "disable_user",
      "update_profile",
      "2WCJqN1fSAG8nQ4GGLOaUwHFyWA",
    ),
  },
  { weight: 2, arbitrary: fc.string({ maxLength: 30, unit: "binary" }) },
  { weight: 1, arbitrary: fc.constantFrom("x".repeat(1025), "ü".repeat(600)) },
);

/** Messages of a type with any of their fields, made from what may stand in each. */
function messages(schema: DescMessage, depth = 0): fc.Arbitrary<Record<string, unknown>> {
  const members: Record<string, fc.Arbitrary<unknown>> = {};
  for (const field of schema.fields) {
    const value = valuesOf(field, depth);
    if (value === undefined || field.oneof !== undefined) continue;
    members[field.localName] = value;
  }
  for (const oneof of schema.oneofs) {
    const cases = oneof.fields.flatMap((field) => {
      const value = valuesOf(field, depth);
      return value === undefined ? [] : [value.map((one) => ({ case: field.localName, value: one }))];
    });
    if (cases.length > 0) members[oneof.localName] = fc.oneof(...cases);
  }
  const some = fc.record(members, { requiredKeys: [] });
  return fc.oneof({ weight: 1, arbitrary: some }, { weight: 3, arbitrary: fc.record(members) });
}

function valuesOf(field: DescField, depth: number): fc.Arbitrary<unknown> | undefined {
  switch (field.fieldKind) {
    case "scalar":
      switch (field.scalar) {
        case ScalarType.STRING:
          return texts;
        case ScalarType.BOOL:
          return fc.boolean();
        case ScalarType.BYTES:
          return fc.uint8Array({ maxLength: 20 });
        case ScalarType.INT64:
          return fc.constantFrom(0n, 8n, -1n, 2n ** 40n);
        default:
          return fc.constantFrom(0, 1, 5, 250, 251, 2 ** 31 - 1);
      }
    case "enum":
      return fc.integer({ min: 0, max: 3 });
    case "message":
      if (field.message.typeName === "google.protobuf.Struct") {
        return fc.dictionary(texts, fc.constantFrom<unknown>("x", 1, null, true, [], {}), { maxKeys: 3 });
      }
      return depth > 2 || field.message.typeName.startsWith("google.") ? undefined : messages(field.message, depth + 1);
    default:
      return undefined;
  }
}

const ALL = [...registry]
  .filter((one) => one.kind === "service" && one.typeName.startsWith("c1.connector.v2."))
  .flatMap((service) => (service.kind === "service" ? service.methods : []))
  .filter((method): method is DescMethod & { methodKind: "unary" } => method.methodKind === "unary");

it("serves 1,000 calls at once from several clients, with bounded memory", async () => {
  const clients = Array.from(
    { length: 5 },
    () => new Caller(server.address, undefined, { "grpc.use_local_subchannel_pool": 1 }),
  );
  const groups = org.groups.map(({ id }: { id: string }) => id);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, (_, at) =>
      clients[at % clients.length]!.call(GrantsService.method.listGrants, {
        resource: { id: { resourceType: "group", resource: groups[at % groups.length] } },
      }),
    ),
  );
  const grown = process.memoryUsage().rss - before;
  for (const [at, { list }] of answers.entries()) {
    expect(list.filter(({ principal }) => principal?.id?.resourceType === "user").length).toBe(
      org.groupMembers[groups[at % groups.length]]?.length ?? 0,
    );
  }
  // Server, sandbox and clients share this process.
  expect(grown).toBeLessThan(400 << 20);
  for (const client of clients) client.close();
});

/** Text that no message can hold makes an empty request. */
function bytesOf(method: DescMethod, fields: Record<string, unknown>): Uint8Array {
  try {
    return toBinary(method.input, create(method.input, fields));
  } catch {
    return new Uint8Array();
  }
}

// The last one: what it sends also changes the org.
it("answers 10,000 mutated requests with proper codes, and goes on", { timeout: 120_000 }, async () => {
  expect(ALL.length).toBeGreaterThan(25);
  const client = new Caller(server.address);
  const codes = new Map<string, number>();
  const request = fc.oneof(
    ...ALL.map((method) =>
      fc.record({
        method: fc.constant(method),
        fields: messages(method.input),
        flips: fc.oneof(
          { weight: 3, arbitrary: fc.constant([]) },
          { weight: 1, arbitrary: fc.array(fc.tuple(fc.nat(1_000), fc.nat(255)), { maxLength: 4 }) },
        ),
        cut: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(200) }),
      }),
    ),
  );
  const all = fc.sample(request, { numRuns: 10_000, seed: 5 });
  const proper = new Set(
    Object.keys(Code).filter((name) => !["OK", "UNKNOWN", "INTERNAL", "DATA_LOSS"].includes(name)),
  );
  // Some changes take a second to be confirmed; the others go on meanwhile.
  const inTurn = pLimit(200);
  await inTurn.map(all, async ({ method, fields, flips, cut }) => {
    const bytes = bytesOf(method, fields).slice(0, cut);
    for (const [at, value] of flips) if (bytes.length > 0) bytes[at % bytes.length] = value;
    const code = await client.raw(pathOf(method), bytes, { timeoutMs: 20_000 }).then(
      () => "OK",
      (error: unknown) => (error instanceof Refused ? error.code : String(error)),
    );
    codes.set(code, (codes.get(code) ?? 0) + 1);
    if (code !== "OK" && !proper.has(code)) {
      throw new Error(
        `${pathOf(method)} answered ${code} to ${Buffer.from(bytes).toString("base64")}: ${JSON.stringify(unexpected.at(-1))}`,
      );
    }
  });
  expect(unexpected).toEqual([]);
  for (const code of ["OK", "INVALID_ARGUMENT", "NOT_FOUND", "UNIMPLEMENTED", "FAILED_PRECONDITION"]) {
    expect(codes.get(code), `${code} among ${JSON.stringify([...codes])}`).toBeGreaterThan(0);
  }
  client.close();
});
