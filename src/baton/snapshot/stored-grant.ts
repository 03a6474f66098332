import { type GrantExpandable, GrantExpandableSchema } from "../../gen/c1/connector/v2/annotation_grant_pb.ts";
import { GrantSchema } from "../../gen/c1/connector/v2/grant_pb.ts";
import { type GrantFields, grantFields, NOTHING_SAID } from "../model/grant-fields.ts";
import type { ResourceKey } from "../model/ids.ts";
import { type Origin, originNumbered, originOf } from "../model/origin.ts";
import { decode, Stored } from "./stored.ts";

/** How the names of the fields begin in which a grant says what lease it is there for. */
const LEASE_FIELDS = "lease_";

/** {@link LEASE_FIELDS} as bytes, in hex. */
export const LEASE_TAG = Buffer.from(LEASE_FIELDS).toString("hex");

/** A grant as the snapshot holds it: who and what are columns of their own. */
export class StoredGrant extends Stored<typeof GrantSchema> {
  readonly entitlementId: string;
  /** The resource to which the entitlement belongs. */
  readonly resource: ResourceKey;
  readonly principal: ResourceKey;
  /** The bytes of the grant's `GrantExpandable`, which is kept out of its message; `null` where there is none. */
  readonly expansion: Uint8Array | null;
  #fields: GrantFields | "other" | undefined;

  constructor(row: Record<string, unknown>, load?: () => Uint8Array) {
    super(GrantSchema, row, load);
    if (row.data === null && load !== undefined) this.#fields = NOTHING_SAID;
    this.entitlementId = String(row.entitlement_id);
    this.resource = { type: String(row.resource_type_id), id: String(row.resource_id) };
    this.principal = { type: String(row.principal_resource_type_id), id: String(row.principal_resource_id) };
    this.expansion = (row.expansion as Uint8Array | null) ?? null;
  }

  get #said(): GrantFields | "other" {
    this.#fields ??= grantFields(this.data) ?? "other";
    return this.#fields;
  }

  /** The entitlements through which it is held, as its message says; decoded only where it says any. */
  get sources(): readonly string[] {
    const said = this.#said;
    return said !== "other" && !said.hasSources ? [] : Object.keys(this.message.sources?.sources ?? {});
  }

  /** How its principal came to hold it, as the other side states; `undefined` where it states nothing. */
  get origin(): Origin | undefined {
    const said = this.#said;
    return said === "other" ? this.message && originOf(this.data) : originNumbered(said.origin);
  }

  /** Whether the message may say that it is temporary: whoever asks for that of many need not decode them all. */
  get mayBeTemporary(): boolean {
    if (this.#said === NOTHING_SAID) return false;
    const { buffer, byteOffset, byteLength } = this.data;
    return Buffer.from(buffer, byteOffset, byteLength).includes(LEASE_FIELDS);
  }

  /** What the grant says of its expansion. */
  get expandable(): GrantExpandable | undefined {
    return this.expansion ? decode(GrantExpandableSchema, this.expansion, this.id) : undefined;
  }
}
