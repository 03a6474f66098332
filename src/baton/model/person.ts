import { create, type JsonObject } from "@bufbuild/protobuf";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { RawIdSchema } from "../../gen/c1/connector/v2/annotation_raw_id_pb.ts";
import {
  UserTrait_AccountType,
  UserTrait_Status_Status,
  UserTraitSchema,
} from "../../gen/c1/connector/v2/annotation_trait_pb.ts";
import { V1IdentifierSchema } from "../../gen/c1/connector/v2/annotation_v1_identifier_pb.ts";
import {
  type Resource,
  ResourceSchema,
  type ResourceType,
  Status_ResourceStatus,
} from "../../gen/c1/connector/v2/resource_pb.ts";
import { pack } from "./annotations.ts";
import { text } from "./values.ts";

/** What a connector knows of a person. */
export interface Person {
  readonly id: string;
  readonly displayName: string;
  readonly login: string;
  /** The first is the primary one. Empty ones are passed over. */
  readonly emails: readonly string[];
  readonly state: "ENABLED" | "DISABLED" | "UNSPECIFIED";
  /** The state in the other side's own word. */
  readonly details: string;
  readonly profile: JsonObject;
  readonly lastLogin?: Timestamp | undefined;
  readonly createdAt?: Timestamp | undefined;
}

/** The attributes that hold employee ids, in lower case. */
const EMPLOYEE_IDS = new Set([
  "employeenumber",
  "employeeid",
  "employeeidnumber",
  "employee_number",
  "employee_id",
  "employee_idnumber",
]);

/** A person as a resource: with the whole profile, and what the user trait says of it. */
export function personResource(type: ResourceType, person: Person): Resource {
  const { id, displayName, profile, state, details, createdAt } = person;
  return create(ResourceSchema, {
    id: { resourceType: type.id, resource: id },
    displayName,
    annotations: [trait(person), pack(V1IdentifierSchema, { id }), pack(RawIdSchema, { id })],
    profile,
    status: { status: Status_ResourceStatus[state], details },
    ...(createdAt && { createdAt }),
  });
}

function trait({ login, emails, state, details, profile, lastLogin }: Person) {
  const [primary = "", ...others] = emails;
  const parts = login.split("@");
  return pack(UserTraitSchema, {
    emails: [
      ...(primary === "" ? [] : [{ address: primary, isPrimary: true }]),
      ...others.filter((address) => address !== "").map((address) => ({ address, isPrimary: false })),
    ],
    // Deprecated in favour of the resource's own, which says the same; readers of either are served.
    status: { status: UserTrait_Status_Status[state], details },
    accountType: UserTrait_AccountType.HUMAN,
    login,
    loginAliases: parts.length === 2 && parts[0] !== "" ? [parts[0]!] : [],
    employeeIds: employeeIds(profile),
    ...(lastLogin && { lastLogin }),
  });
}

function employeeIds(profile: JsonObject): string[] {
  const ids = Object.keys(profile)
    .filter((key) => EMPLOYEE_IDS.has(key.toLowerCase()))
    .map((key) => text(profile[key]))
    .filter((id) => id.trim() !== "");
  return [...new Set(ids)];
}
