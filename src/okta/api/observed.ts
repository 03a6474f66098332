/** Something worth a line in the log. */
export interface ClientEvent {
  readonly level: "debug" | "info" | "warn";
  readonly message: string;
  readonly details: Readonly<Record<string, string | number | boolean | undefined>>;
}

/** An answer as audits and metrics see it. */
export interface AnswerSeen {
  readonly method: string;
  /** Path without query; logins replaced. */
  readonly path: string;
  /** The URL pattern, as `/api/v1/users/{id}`. */
  readonly bucket: string;
  readonly status: number;
  readonly requestId: string | undefined;
  readonly durationMs: number;
  /** What was answered, as it came: to be copied by whoever wants it later. */
  readonly body: Uint8Array;
}

/** A request that no whole answer came to, as metrics see it. */
export interface UnansweredRequest {
  readonly method: string;
  /** The URL pattern, as `/api/v1/users/{id}`. */
  readonly bucket: string;
  /** As `timeout`, `connection`, `dns`. */
  readonly reason: string;
}

/** What a client has done so far. */
export interface ClientStats {
  /** Requests sent, each try counted; those for access tokens are not. */
  readonly calls: number;
  readonly bytes: number;
  /** Answers 429. */
  readonly refusals: number;
  /** Tries after the first, by reason: an HTTP status, or `timeout`, `connection`, `body` and the like. */
  readonly retries: Readonly<Record<string, number>>;
  readonly inFlight: number;
  /** How far Okta's clock is ahead of this machine's, in milliseconds. */
  readonly clockOffsetMs: number;
}
