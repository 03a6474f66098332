import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { ResourceType_Trait as Trait } from "../../../gen/c1/connector/v2/resource_pb.ts";
import { parseTime } from "../../snapshot/time.ts";
import { namesOf } from "../names.ts";
import type { ExportedFile, ExportForm, ExportSource } from "./form.ts";
import { reviewRows } from "./review-rows.ts";

/** Rows that are written together: what is kept in memory, and what a reader can skip. */
const ROW_GROUP = 10_000;

/** What a column holds: text, JSON as text, a moment (milliseconds, UTC), yes or no, or a list of texts. */
type ColumnType = "text" | "json" | "time" | "boolean" | "texts";

type Columns = Readonly<Record<string, ColumnType>>;
type Row = Readonly<Record<string, unknown>>;

/**
 * A file a table, typed and sorted by id, with the snapshot's digest, the sync's id and its times in the metadata, so that
 * a folder of days is one dataset. Source: Apache Parquet format.
 */
export const parquet: ExportForm = {
  about: "Parquet, a file a table",
  stream: false,
  files: (source) => [
    table("resource_types", source, { resource_type: "text", display_name: "text", traits: "texts" }, resourceTypes),
    table(
      "resources",
      source,
      {
        resource_type: "text",
        resource: "text",
        name: "text",
        login: "text",
        email: "text",
        status: "text",
        created_at: "time",
        profile: "json",
      },
      resources,
    ),
    table(
      "entitlements",
      source,
      {
        entitlement: "text",
        resource_type: "text",
        resource: "text",
        resource_name: "text",
        name: "text",
        description: "text",
        slug: "text",
        grantable_to: "texts",
      },
      entitlements,
    ),
    table(
      "grants",
      source,
      {
        entitlement: "text",
        entitlement_name: "text",
        resource_type: "text",
        resource: "text",
        resource_name: "text",
        principal_type: "text",
        principal: "text",
        principal_name: "text",
        login: "text",
        email: "text",
        principal_status: "text",
        manager: "text",
        department: "text",
        last_sign_in: "time",
        direct: "boolean",
        sources: "texts",
        why: "text",
      },
      grants,
    ),
  ],
};

function* resourceTypes({ content }: ExportSource): Generator<Row> {
  const names = new Map(Object.entries(Trait).map(([name, number]) => [number as number, name.toLowerCase()]));
  for (const { id, message } of content.resourceTypes("id")) {
    const traits = message.traits.map((trait) => names.get(trait) ?? String(trait));
    yield { resource_type: id, display_name: message.displayName, traits };
  }
}

function* resources({ content }: ExportSource): Generator<Row> {
  for (const { message } of content.resources(undefined, "id")) {
    yield {
      ...namesOf(message),
      resource_type: message.id?.resourceType,
      resource: message.id?.resource,
      status: message.status?.details,
      created_at: message.createdAt && new Date(timestampMs(message.createdAt)),
      profile: JSON.stringify(message.profile ?? {}),
    };
  }
}

function* entitlements({ content }: ExportSource): Generator<Row> {
  for (const { id, message } of content.entitlements(undefined, "id")) {
    yield {
      entitlement: id,
      resource_type: message.resource?.id?.resourceType,
      resource: message.resource?.id?.resource,
      resource_name: message.resource?.displayName,
      name: message.displayName,
      description: message.description,
      slug: message.slug,
      grantable_to: message.grantableTo.map((type) => type.id),
    };
  }
}

function* grants({ content }: ExportSource): Generator<Row> {
  for (const row of reviewRows(content)) {
    yield { ...row, last_sign_in: row.last_sign_in === "" ? undefined : new Date(row.last_sign_in) };
  }
}

function table(
  name: string,
  source: ExportSource,
  columns: Columns,
  rows: (source: ExportSource) => Iterable<Row>,
): ExportedFile {
  return { name: `${name}.parquet`, write: () => encode(source, columns, rows(source)) };
}

function* encode(source: ExportSource, columns: Columns, rows: Iterable<Row>): Generator<Uint8Array> {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: schemaOf(columns),
    kvMetadata: metadataOf(source),
    createdBy: `baton-okta ${source.version}`,
  });
  const names = Object.keys(columns);
  let group: unknown[][] = names.map(() => []);
  const write = () => {
    writer.write({ columnData: names.map((name, at) => ({ name, data: group[at]! })), rowGroupSize: ROW_GROUP });
    group = names.map(() => []);
    return take(bytes);
  };
  for (const row of rows) {
    for (const [at, name] of names.entries()) group[at]!.push(encoded(row[name], columns[name]!));
    if (group[0]!.length === ROW_GROUP) yield write();
  }
  if (group[0]!.length > 0) yield write();
  writer.finish();
  yield take(bytes);
}

/** Hands out what was written so far, and goes on after it. */
function take(bytes: ByteWriter): Uint8Array {
  const written = new Uint8Array(bytes.getBytes());
  bytes.index = 0;
  return written;
}

function encoded(value: unknown, type: ColumnType): unknown {
  if (type === "texts") return value ?? [];
  if (value === "" || value === undefined || value === null) return null;
  return type === "text" || type === "json" ? String(value).toWellFormed() : value;
}

function schemaOf(columns: Columns): SchemaElement[] {
  const elements = Object.entries(columns).map(([name, type]) => elementOf(name, type));
  return [{ name: "root", num_children: elements.length }, ...elements.flat()];
}

function elementOf(name: string, type: ColumnType): SchemaElement[] {
  const optional = { name, repetition_type: "OPTIONAL" } as const;
  switch (type) {
    case "boolean":
      return [{ ...optional, type: "BOOLEAN" }];
    case "time":
      return [{ ...optional, type: "INT64", converted_type: "TIMESTAMP_MILLIS" }];
    case "json":
      return [{ ...optional, type: "BYTE_ARRAY", converted_type: "UTF8" }];
    case "texts":
      return [
        { ...optional, num_children: 1, converted_type: "LIST" },
        { name: "list", repetition_type: "REPEATED", num_children: 1 },
        { name: "element", repetition_type: "REQUIRED", type: "BYTE_ARRAY", converted_type: "UTF8" },
      ];
    default:
      return [{ ...optional, type: "BYTE_ARRAY", converted_type: "UTF8" }];
  }
}

function metadataOf({ sync, org, snapshotSha256, version }: ExportSource) {
  const moment = (text: string | undefined) => {
    const at = text === undefined ? undefined : parseTime(text);
    return at === undefined ? "" : new Date(at).toISOString();
  };
  return [
    { key: "baton.sync_id", value: sync.syncId },
    { key: "baton.sync_type", value: sync.type },
    { key: "baton.started_at", value: moment(sync.startedAt) },
    { key: "baton.ended_at", value: moment(sync.endedAt) },
    { key: "baton.snapshot_sha256", value: snapshotSha256 },
    { key: "baton.org", value: org },
    { key: "baton.version", value: version },
  ];
}
