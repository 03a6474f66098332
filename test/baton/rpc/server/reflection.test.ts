import { create, createFileRegistry, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Connector } from "../../../../src/baton/connector.ts";
import type { RpcServer } from "../../../../src/baton/rpc/server/server.ts";
import {
  ServerReflectionRequestSchema,
  ServerReflectionResponseSchema,
} from "../../../../src/gen/grpc/reflection/v1/reflection_pb.ts";
import { Caller } from "../caller.ts";
import { serveConnector } from "../serve.ts";

const nothing: Connector = { metadata: { displayName: "", description: "" }, types: [], async validate() {} };
let server: RpcServer;
let client: Caller;

beforeAll(async () => {
  server = await serveConnector(nothing);
  client = new Caller(server.address);
});

afterAll(async () => {
  client.close();
  await server.stop();
});

type Question = Parameters<typeof create<typeof ServerReflectionRequestSchema>>[1];

/** Asks all at once, on one stream. */
async function ask(version: string, questions: readonly Question[]) {
  const same = (bytes: Uint8Array) => Buffer.from(bytes);
  const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
  const stream = client.client.makeBidiStreamRequest(path, same, same);
  for (const question of questions) {
    stream.write(toBinary(ServerReflectionRequestSchema, create(ServerReflectionRequestSchema, question)));
  }
  stream.end();
  const answers = [];
  for await (const bytes of stream) answers.push(fromBinary(ServerReflectionResponseSchema, bytes).messageResponse);
  return answers;
}

function importedFirst(files: readonly FileDescriptorProto[]): FileDescriptorProto[] {
  const sorted = new Set<FileDescriptorProto>();
  const add = (file: FileDescriptorProto) => {
    for (const name of file.dependency) add(files.find((one) => one.name === name)!);
    sorted.add(file);
  };
  files.forEach(add);
  return [...sorted];
}

it.each(["v1", "v1alpha"])("tells all services and how their messages look (%s)", async (version) => {
  const [listed] = await ask(version, [{ messageRequest: { case: "listServices", value: "*" } }]);
  if (listed?.case !== "listServicesResponse") throw new Error("no list");
  const names = listed.value.service.map(({ name }) => name);
  expect(names).toContain("c1.connector.v2.GrantsService");
  expect(names).toContain("c1.ratelimit.v1.RateLimiterService");
  expect(names).toContain("grpc.health.v1.Health");
  const answers = await ask(
    version,
    names.map((value) => ({ messageRequest: { case: "fileContainingSymbol", value } })),
  );
  for (const [at, answer] of answers.entries()) {
    if (answer.case !== "fileDescriptorResponse") throw new Error(`no file of ${names[at]}`);
    const file = answer.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
    // The registry refuses files whose imports are missing, and wants what is imported first.
    const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: importedFirst(file) }));
    expect(registry.getService(names[at]!)?.methods.length).toBeGreaterThan(0);
  }
});

it("finds what travels packed: annotations, traits and details of a status", async () => {
  const names = [
    "c1.connector.v2.V1Identifier",
    "c1.connector.v2.RawId",
    "c1.connector.v2.ExternalLink",
    "c1.connector.v2.UserTrait",
    "c1.connector.v2.EntitlementImmutable",
    "c1.connector.v2.GrantExpandable",
    "c1.connector.v2.GrantAlreadyExists",
    "c1.connector.v2.ResourceDoesNotExist",
    "c1.connector.v2.SkipEntitlementsAndGrants",
    "c1.connector.v2.CapabilityPermissions",
    "c1.connector.v2.RateLimitDescription",
    "google.rpc.BadRequest",
    "google.rpc.RetryInfo",
    "google.rpc.ErrorInfo",
  ];
  const answers = await ask(
    "v1",
    names.map((value) => ({ messageRequest: { case: "fileContainingSymbol", value } })),
  );
  expect(names.filter((_, at) => answers[at]?.case !== "fileDescriptorResponse")).toEqual([]);
});

it("finds files, methods and fields, and says what there is not", async () => {
  const answers = await ask("v1", [
    { messageRequest: { case: "fileByFilename", value: "c1/connector/v2/grant.proto" } },
    { messageRequest: { case: "fileContainingSymbol", value: "c1.connector.v2.GrantsService.ListGrants" } },
    { messageRequest: { case: "fileContainingSymbol", value: "c1.connector.v2.Grant.principal" } },
    { messageRequest: { case: "fileContainingSymbol", value: "no.Such" } },
    { messageRequest: { case: "fileByFilename", value: "no.proto" } },
    { messageRequest: { case: "allExtensionNumbersOfType", value: "c1.connector.v2.Grant" } },
    {},
  ]);
  expect(answers.map((answer) => answer.case)).toEqual([
    "fileDescriptorResponse",
    "fileDescriptorResponse",
    "fileDescriptorResponse",
    "errorResponse",
    "errorResponse",
    "allExtensionNumbersResponse",
    "errorResponse",
  ]);
});
