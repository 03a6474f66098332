import type { Accounts } from "./connector/accounts.ts";
import type { Action } from "./connector/actions.ts";
import type { Call } from "./connector/call.ts";
import type { Changes } from "./connector/changes.ts";
import type { CredentialRotation } from "./connector/credentials.ts";
import type { Events } from "./connector/events.ts";
import type { ResourceTypeSupport } from "./connector/resource-type.ts";
import type { SourceCache } from "./connector/revalidation.ts";
import type { Rule } from "./model/finding.ts";

export type * from "./connector/accounts.ts";
export type * from "./connector/actions.ts";
export type * from "./connector/call.ts";
export type * from "./connector/changes.ts";
export type * from "./connector/credentials.ts";
export type * from "./connector/events.ts";
export type * from "./connector/grants.ts";
export type * from "./connector/json.ts";
export type * from "./connector/listed.ts";
export type * from "./connector/other-route.ts";
export type * from "./connector/page.ts";
export type * from "./connector/provisioning.ts";
export type * from "./connector/resource-type.ts";
export type * from "./connector/revalidation.ts";

/** Who a connector is. */
export interface ConnectorMetadata {
  readonly displayName: string;
  readonly description: string;
  /** Where a person finds what the connector reads, as `https://acme.okta.com`. */
  readonly externalUrl?: string;
}

/** The contract: the syncer, the gRPC server, the provisioner and service mode all work against this. */
export interface Connector {
  readonly metadata: ConnectorMetadata;
  /** A digest of whose access the connector has, where that is known: with another's, other things may be seen. */
  readonly identity?: string;
  /** The resource types that are switched on, in a fixed order. */
  readonly types: readonly ResourceTypeSupport[];
  /**
   * By the type of a principal, the types whose grants to it are read with the principal and not with what is granted: an
   * admin role that a group holds is read with the group. Absent where that is not known: nobody can then tell what the
   * reading of one resource would have shown.
   */
  readonly heldTypes?: Readonly<Record<string, readonly string[]>>;
  /** Proves that the credentials work. Throws a {@link Failure} that says what is wrong. */
  validate(call: Call): Promise<void>;
  readonly accounts?: Accounts;
  /** Replacement of credentials, as it is offered to whoever asks. */
  readonly credentials?: CredentialRotation;
  /** Replacement of the password of any account. It is offered by nobody who does not know which accounts may be asked for. */
  readonly passwords?: CredentialRotation;
  readonly actions?: readonly Action[];
  readonly events?: Events;
  readonly changes?: Changes;
  /** Why there is no `changes`, as it goes on after "Read everything: ". */
  readonly noChangesReason?: string;
  /**
   * Rules by which a full sync judges what it has read: what they find becomes resources of the type `security-insight`.
   * A rule needs the whole picture, so nobody who asks for one page after the other is shown what they find.
   */
  readonly rules?: readonly Rule[];
  /** Under what a client may keep what `Revalidation` proves; absent: nothing may be kept. */
  readonly sourceCache?: SourceCache;
  /** Forgets what was remembered for a sync: it has ended. Safe to repeat, and for syncs that never were. */
  forget?(syncId: string): void;
  /** Frees connections. */
  close?(): Promise<void>;
}
