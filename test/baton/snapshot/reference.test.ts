import { readdirSync } from "node:fs";
import { type DescMessage, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { type Any, AnySchema } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportJson } from "../../../src/baton/access/export/json.ts";
import { find } from "../../../src/baton/model/annotations.ts";
import { createGrantEncoder } from "../../../src/baton/model/encode.ts";
import { comparableJson } from "../../../src/baton/model/json.ts";
import { registry } from "../../../src/baton/model/registry.ts";
import { openSnapshot, type SnapshotReader } from "../../../src/baton/snapshot/reader.ts";
import { CONTENT_TABLES } from "../../../src/baton/snapshot/schema.ts";
import { V1IdentifierSchema } from "../../../src/gen/c1/connector/v2/annotation_v1_identifier_pb.ts";
import { GrantSchema } from "../../../src/gen/c1/connector/v2/grant_pb.ts";
import { goldenMaps, goldenPath } from "../model/golden.ts";
import { scratch } from "./build.ts";

const made = scratch();
const tempDir = made.folder();
let reader: SnapshotReader;
beforeAll(async () => {
  reader = await openSnapshot(goldenPath("reference.c1z"), { tempDir });
});
afterAll(async () => {
  await reader.close();
  made.remove();
});

function isMessage(value: unknown): value is Message {
  return value !== null && typeof value === "object" && "$typeName" in value;
}

/** Calls `visit` for a message and every message in it, those packed in an `Any` too. */
function walk(message: Message, visit: (message: Message) => void): void {
  visit(message);
  if (message.$typeName === AnySchema.typeName) {
    const any = message as Any;
    const schema = registry.getMessage(any.typeUrl.slice(any.typeUrl.lastIndexOf("/") + 1));
    if (!schema) throw new Error(`${any.typeUrl} is not in the registry`);
    walk(fromBinary(schema, any.value), visit);
  }
  for (const value of Object.values(message)) {
    if (isMessage(value)) walk(value, visit);
    else if (value !== null && typeof value === "object" && !(value instanceof Uint8Array)) {
      for (const item of Object.values(value)) if (isMessage(item)) walk(item, visit);
    }
  }
}

describe("a snapshot of another program", () => {
  test("every row of every table decodes, annotations too, without a field that we do not know", () => {
    const rows: Record<string, number> = {};
    const annotations = new Set<string>();
    for (const table of CONTENT_TABLES) {
      for (const row of reader.content().rows(table)) {
        rows[table] = (rows[table] ?? 0) + 1;
        walk(row.message, (message) => {
          expect(message.$unknown ?? []).toEqual([]);
          if (message.$typeName === AnySchema.typeName) annotations.add((message as Any).typeUrl);
        });
      }
    }
    expect(rows).toEqual({ v1_resource_types: 9, v1_resources: 138, v1_entitlements: 54, v1_grants: 737 });
    expect(annotations.size).toBeGreaterThan(8);
  });

  test("messages encode to as many bytes as they were decoded from", () => {
    for (const table of CONTENT_TABLES) {
      for (const row of reader.content().rows(table)) {
        const schema = registry.getMessage(row.message.$typeName) as DescMessage;
        expect(toBinary(schema, row.message).length).toBe(row.data.length);
      }
    }
  });

  test("what its writer counted is what is in it", () => {
    expect(reader.content().counts()).toEqual(reader.current()?.stats);
  });

  test("the rows' columns say what the messages say", () => {
    const content = reader.content();
    for (const grant of content.grants()) {
      const { message } = grant;
      expect(message.id).toBe(grant.id);
      expect(message.entitlement?.id).toBe(grant.entitlementId);
      expect(message.entitlement?.resource?.id).toMatchObject({
        resourceType: grant.resource.type,
        resource: grant.resource.id,
      });
      expect(message.principal?.id).toMatchObject({
        resourceType: grant.principal.type,
        resource: grant.principal.id,
      });
    }
  });

  test("our encoder writes the grants that it holds", () => {
    const encode = createGrantEncoder();
    let compared = 0;
    for (const stored of reader.content().grants()) {
      const v1 = find(stored.message.annotations, V1IdentifierSchema)?.id;
      if (v1 === undefined || stored.message.sources) continue;
      const { id: principalId, type: principalType } = stored.principal;
      const resource = stored.message.entitlement!.resource!;
      const v1Id = `${/role$/.test(stored.resource.type) ? "role" : "membership"}:${stored.resource.id}`;
      const tail = v1.slice(`grant:${v1Id}:`.length);
      const { expandable } = stored;
      const { data, expansion } = encode({
        granted: { id: stored.entitlementId, v1Id, resource },
        principalType,
        principalId,
        ...(tail === principalId ? {} : { v1Tail: tail }),
        ...(expandable ? { expandable } : {}),
      });
      expect(comparableJson(GrantSchema, fromBinary(GrantSchema, data))).toEqual(
        comparableJson(GrantSchema, stored.message),
      );
      expect(data.length).toBe(stored.data.length);
      expect(expansion && Buffer.from(expansion)).toEqual(stored.expansion && Buffer.from(stored.expansion));
      compared++;
    }
    expect(compared).toBe(673);
  });

  test("its content is that of the golden data, but for what the original gets wrong", () => {
    const ours = JSON.parse([...exportJson(reader.content())].join(""));
    const golden = goldenMaps("expected.json");
    for (const resource of [...Object.values(ours.resources), ...Object.values(golden.resources)] as never[]) {
      forgive(resource);
    }
    for (const map of ["resource_types", "resources", "entitlements", "grants"]) {
      expect(Object.keys(ours[map])).toEqual(Object.keys(golden[map]!));
      for (const [id, message] of Object.entries(golden[map]!)) {
        expect(ours[map][id], `${map} ${id}`).toEqual(message);
      }
    }
  });

  test("nothing is left in the folder for working copies", () => {
    expect(readdirSync(tempDir)).toEqual([]);
  });
});

/** Takes out of a user what golden/README.md says that the original gets wrong. */
function forgive(resource: { id: { resource_type: string }; display_name?: string; annotations: object[] }): void {
  if (resource.id.resource_type !== "user") return;
  delete resource.display_name;
  for (const annotation of resource.annotations as Record<string, unknown>[]) {
    if (!String(annotation["@type"]).endsWith("UserTrait")) continue;
    delete annotation.status;
    if (Array.isArray(annotation.employee_ids)) {
      annotation.employee_ids = annotation.employee_ids.filter((id) => String(id).trim() !== "").sort();
      if ((annotation.employee_ids as string[]).length === 0) delete annotation.employee_ids;
    }
  }
}
