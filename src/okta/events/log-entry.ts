/**
 * An actor or a target of a log entry. Every field is checked before it is used, as none is promised.
 * Source: Okta Management API, LogActor and LogTarget.
 */
export interface LogParty {
  readonly id?: unknown;
  readonly type?: unknown;
  readonly alternateId?: unknown;
  readonly displayName?: unknown;
}

/** What is used of a log entry. Source: Okta Management API, LogEvent. */
export interface LogEntry {
  readonly uuid?: unknown;
  readonly published?: unknown;
  readonly eventType?: unknown;
  readonly actor?: LogParty | null;
  readonly target?: readonly (LogParty | null)[] | null;
  /** `id` is that of the request which caused it, as its answer has it in `x-okta-request-id`. */
  readonly transaction?: { readonly id?: unknown } | null;
  readonly outcome?: unknown;
  readonly debugContext?: unknown;
}
