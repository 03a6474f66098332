import type { Secret } from "../../runtime/secrets/secret.ts";

/** What every call carries down to each request it makes. */
export interface Call {
  readonly signal: AbortSignal;
  /** When the caller stops waiting, in milliseconds since the Unix epoch. */
  readonly deadline?: number;
  /**
   * Who waits for the answer, where several do: each of them gets a fair share of what the other side lets through.
   */
  readonly client?: string;
  /** How many items are wanted on a page, where the caller cares. A page may still hold more or fewer. */
  readonly pageSize?: number;
  /** The sync that this call is part of. What is remembered between calls is remembered under this id only. */
  readonly syncId?: string;
  /**
   * The caller itself leaves out grants whose principal no list showed, as a full sync does when it ends. The connector
   * need not find out, one by one, which principals a filter leaves out.
   */
  readonly dropsUnlisted?: boolean;
  /** Called with what each answer said of the rate limit. */
  readonly observe?: (seen: RateLimit) => void;
  /**
   * Called with each request that changes something, before it is sent and after it ended. Where it throws before, nothing
   * is sent.
   */
  readonly audit?: (step: WriteStep) => void;
  /**
   * Nothing is changed: requests that read are sent, each that would change something is reported to `audit` as `planned`
   * in place of being sent, and what could only follow from its answer is left out.
   */
  readonly dryRun?: boolean;
  /** A secret that is sent in this call's bodies: what comes back is reported without it, should the other side quote it. */
  readonly secret?: Secret;
}

/** A request that changes something, as an audit trail sees it. Never holds a body: bodies hold personal data. */
export interface WriteStep {
  readonly phase: "planned" | "intent" | "outcome";
  /** HTTP method and path without the query, as `PUT /api/v1/groups/00g1/users/00u1`. */
  readonly request: string;
  /** HTTP status, where an answer came. */
  readonly status?: number;
  /** The other side's request id. */
  readonly requestId?: string;
  /** Why it failed, in the words of the failure. */
  readonly error?: string;
}

/** What an answer said of the rate limit that applies to it. */
export interface RateLimit {
  /** Requests a window. */
  readonly limit: number;
  /** Requests left in this window. */
  readonly remaining: number;
  /** When the window ends, in milliseconds since the Unix epoch, by the server's clock. */
  readonly resetAt: number;
}
