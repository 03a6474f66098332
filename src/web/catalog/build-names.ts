import type { DatabaseSync } from "node:sqlite";
import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import { isAdministrative } from "../../baton/access/reach.ts";
import { find } from "../../baton/model/annotations.ts";
import type { StoredResource, SyncContent } from "../../baton/snapshot/content.ts";
import {
  UserTrait_AccountType as AccountType,
  type UserTrait,
  UserTraitSchema,
} from "../../gen/c1/connector/v2/annotation_trait_pb.ts";
import { Entitlement_PurposeValue as Purpose } from "../../gen/c1/connector/v2/entitlement_pb.ts";
import { type Resource, Status_ResourceStatus as ResourceStatus } from "../../gen/c1/connector/v2/resource_pb.ts";
import { isFailure } from "../../runtime/failure.ts";
import type { Kind, Status } from "../api/contract.ts";
import { inTransaction } from "./database.ts";
import { fold } from "./fold.ts";
import { typesOf } from "./kinds.ts";
import { pairName } from "./pair-name.ts";
import { NAMES_INDEXES, NAMES_SCHEMA } from "./schema.ts";

/** How many names of profile fields of one type are kept. */
const MAX_FIELDS = 300;

/** Of equally good hits, what gives access comes before who has it. */
const WEIGHTS: Readonly<Record<Kind, number>> = { role: 0, app: 1, group: 2, person: 3, secret: 4, other: 5 };

/** Writes what everything in a sync is called into a new database. Reads row by row. */
export function buildNames(content: SyncContent, db: DatabaseSync): void {
  db.exec(NAMES_SCHEMA);
  db.exec(
    "CREATE TEMP TABLE unsorted (folded TEXT, type, id, name, login, email, detail, status, status_detail, last_sign_in, created, service, weight, text)",
  );
  const fields = new Map<string, Set<string>>();
  const types = typesOf(content);
  inTransaction(db, () => {
    const insert = db.prepare("INSERT INTO unsorted VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (const stored of content.resources()) {
      const { type, id } = keyOf(stored);
      const named = namesOf(stored.message);
      const name = pairName(content, types.keys(), id, named.name) ?? named.name;
      const folded = fold(name || id);
      const text = [...new Set([folded, fold(named.login), fold(named.email), fold(id)])].join("\n");
      const weight = WEIGHTS[types.get(type)?.kind ?? "other"];
      const { login, email, detail, status, statusDetail, lastSignIn, created, service } = named;
      insert.run(
        folded,
        type,
        id,
        name,
        login,
        email,
        detail,
        status,
        statusDetail,
        lastSignIn,
        created,
        service,
        weight,
        text,
      );
      noteFields(fields, type, stored.message);
    }
    db.exec(`INSERT INTO thing SELECT row_number() OVER (ORDER BY folded, type, id), type, id, name, login, email, detail,
      status, status_detail, last_sign_in, created, service FROM unsorted`);
    db.exec(
      "INSERT INTO word SELECT row_number() OVER (ORDER BY folded, type, id), weight, folded, text FROM unsorted",
    );
    const addField = db.prepare("INSERT INTO field VALUES (?, ?)");
    for (const [type, names] of fields) for (const name of names) addField.run(type, name);
    writeEntitlements(content, db);
    db.exec(NAMES_INDEXES);
  });
  db.exec("DROP TABLE unsorted");
}

function writeEntitlements(content: SyncContent, db: DatabaseSync): void {
  const insert = db.prepare("INSERT OR IGNORE INTO entitlement VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)");
  for (const { id, message } of content.entitlements(undefined, "id")) {
    const { resourceType = "", resource = "" } = message.resource?.id ?? {};
    const purpose = PURPOSES.get(message.purpose) ?? "UNSPECIFIED";
    const privileged = isAdministrative(resourceType) ? 1 : 0;
    insert.run(id, message.displayName, message.description, purpose, resourceType, resource, privileged);
  }
}

const PURPOSES = new Map<number, string>(Object.entries(Purpose).map(([name, value]) => [value, name]));

/** What a thing is called, and what is shown of it in a row. Times are milliseconds since the Unix epoch. */
export interface ThingNames {
  readonly name: string;
  readonly login: string;
  readonly email: string;
  readonly detail: string;
  readonly status: Status;
  readonly statusDetail: string;
  readonly lastSignIn: number | null;
  readonly created: number | null;
  /** 1: an account of a service or system. */
  readonly service: 0 | 1;
}

/** Type and id of a stored resource; its row's id is `<type>:<id>`. */
export function keyOf({ id, message }: StoredResource): { type: string; id: string } {
  const type = message.id?.resourceType || id.slice(0, Math.max(0, id.indexOf(":")));
  return { type, id: message.id?.resource || id.slice(type.length + 1) };
}

/** Reads the names out of a resource. */
export function namesOf(resource: Resource): ThingNames {
  const trait = userTraitOf(resource);
  const email = trait?.emails.find(({ isPrimary }) => isPrimary) ?? trait?.emails[0];
  const { status = ResourceStatus.UNSPECIFIED, details = "" } = resource.status ?? {};
  const service = trait?.accountType === AccountType.SERVICE || trait?.accountType === AccountType.SYSTEM;
  return {
    name: resource.displayName,
    login: trait?.login ?? "",
    email: email?.address ?? "",
    detail: resource.description || textOf(resource, "description") || textOf(resource, "title"),
    status: STATUSES.get(status) ?? "UNSPECIFIED",
    statusDetail: details,
    lastSignIn: msOf(trait?.lastLogin),
    created: msOf(resource.createdAt ?? trait?.createdAt),
    service: service ? 1 : 0,
  };
}

/** What is corrupt in one resource must not hide all others. */
function userTraitOf({ annotations }: Resource): UserTrait | undefined {
  try {
    return find(annotations, UserTraitSchema);
  } catch (error) {
    if (isFailure(error, "invalidArgument")) return undefined;
    throw error;
  }
}

const STATUSES = new Map<number, Status>([
  [ResourceStatus.ENABLED, "ENABLED"],
  [ResourceStatus.DISABLED, "DISABLED"],
  [ResourceStatus.DELETED, "DELETED"],
]);

function textOf(resource: Resource, field: string): string {
  const value = resource.profile?.[field];
  return typeof value === "string" ? value : "";
}

/** `null` where there is none, and of a moment that no calendar has. */
function msOf(time: Timestamp | undefined): number | null {
  if (time === undefined) return null;
  const ms = timestampMs(time);
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? Math.trunc(ms) : null;
}

function noteFields(fields: Map<string, Set<string>>, type: string, { profile }: Resource): void {
  let names = fields.get(type);
  if (names === undefined) {
    names = new Set();
    fields.set(type, names);
  }
  for (const name of Object.keys(profile ?? {})) if (names.size < MAX_FIELDS) names.add(name);
}
