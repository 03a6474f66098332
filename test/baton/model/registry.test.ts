import { readdirSync } from "node:fs";
import { create, type DescFile, type DescMessage } from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { find, has, pack } from "../../../src/baton/model/annotations.ts";
import { comparableJson, protoJson } from "../../../src/baton/model/json.ts";
import { registry } from "../../../src/baton/model/registry.ts";
import { RawIdSchema } from "../../../src/gen/c1/connector/v2/annotation_raw_id_pb.ts";
import { V1IdentifierSchema } from "../../../src/gen/c1/connector/v2/annotation_v1_identifier_pb.ts";
import { ResourceSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { isFailure } from "../../../src/runtime/failure.ts";

test("the registry knows every message of every generated file of the contract", async () => {
  const gen = new URL("../../../src/gen/", import.meta.url);
  // gRPC's own protocols (health, reflection) and what is added to a grant's bytes are never packed into a message.
  const files = readdirSync(gen, { recursive: true, encoding: "utf8" }).filter((name) =>
    /^(?!grpc\/|baton_okta\/).*_pb\.ts$/.test(name),
  );
  expect(files.length).toBeGreaterThan(25);
  for (const name of files) {
    const module: Record<string, unknown> = await import(new URL(name, gen).href);
    const file = Object.values(module).find((value) => (value as DescFile).kind === "file") as DescFile;
    const all = (messages: readonly DescMessage[]): DescMessage[] =>
      messages.flatMap((message) => [message, ...all(message.nestedMessages)]);
    for (const { typeName } of all(file.messages)) expect(registry.getMessage(typeName)?.typeName).toBe(typeName);
  }
});

describe("annotations", () => {
  const annotations = [pack(RawIdSchema, { id: "1" }), pack(V1IdentifierSchema, { id: "2" })];

  test("are found by their type", () => {
    expect(find(annotations, V1IdentifierSchema)?.id).toBe("2");
    expect(has(annotations, RawIdSchema)).toBe(true);
    expect(find(annotations.slice(0, 1), V1IdentifierSchema)).toBeUndefined();
    expect(has([], RawIdSchema)).toBe(false);
  });

  test("that are not what they say are refused", () => {
    const broken = { ...annotations[0], value: Uint8Array.of(10, 200) } as Any;
    let kind: unknown;
    try {
      find([broken], RawIdSchema);
    } catch (error) {
      kind = isFailure(error) && error.kind;
    }
    expect(kind).toBe("invalidArgument");
  });
});

describe("JSON", () => {
  const resource = create(ResourceSchema, {
    id: { resourceType: "user", resource: "1" },
    profile: { z: 1, a: [{ d: null, c: "x" }] },
    annotations: [pack(V1IdentifierSchema, { id: "b" }), pack(V1IdentifierSchema, { id: "a" })],
  });

  test("to compare has the proto's names, sorted keys and sorted annotations", () => {
    const type = "type.googleapis.com/c1.connector.v2.V1Identifier";
    expect(JSON.stringify(comparableJson(ResourceSchema, resource))).toBe(
      JSON.stringify({
        annotations: [
          { "@type": type, id: "a" },
          { "@type": type, id: "b" },
        ],
        id: { resource: "1", resource_type: "user" },
        profile: { a: [{ c: "x", d: null }], z: 1 },
      }),
    );
  });

  test("to print has camel case names", () => {
    expect(protoJson(ResourceSchema, resource)).toMatchObject({ id: { resourceType: "user" } });
  });

  test("shows the type of an annotation that is not in the contract", () => {
    const foreign = { ...pack(RawIdSchema, { id: "1" }), typeUrl: "type.googleapis.com/other.v1.Thing" };
    const json = comparableJson(ResourceSchema, create(ResourceSchema, { annotations: [foreign] }));
    expect(json).toEqual({ annotations: [{ "@type": "type.googleapis.com/other.v1.Thing" }] });
  });
});
