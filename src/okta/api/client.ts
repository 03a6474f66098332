import type { Call } from "../../baton/connector.ts";
import type { OktaOrigin } from "./http/domain.ts";
import type { WireAnswer } from "./http/transport.ts";
import type { BucketView } from "./limits/bucket.ts";
import type { SeenDate } from "./limits/server-time.ts";
import type { AnswerSeen, ClientEvent, ClientStats, UnansweredRequest } from "./observed.ts";

/** What a read may say besides its path. */
export interface ReadOptions {
  /** `Content-Type` of the request, with which Okta makes pages of users lighter. */
  readonly contentType?: string;
}

/** How a page of a list is read. */
export interface ListOptions<T> extends ReadOptions {
  /** Where the items are in the body, which may be anything; the body itself by default. */
  readonly items?: (body: unknown) => unknown;
  /**
   * Reads the items out of the body's bytes, in place of `JSON.parse`: throws where the body is corrupt. The bytes are not
   * there any more once it has returned.
   */
  readonly parse?: (body: Buffer) => readonly T[];
}

/** One page of a list. */
export interface ListPage<T> {
  readonly items: readonly T[];
  /** Path and query of the next page, to be given to `list` again; absent on the last. */
  readonly next?: string;
  /** Okta's time when it answered, in milliseconds since the Unix epoch, where the answer says. */
  readonly at?: number;
}

/** A request that changes something. */
export interface SendOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  /**
   * Whether doing it twice does no harm. Otherwise it is never sent again once it may have reached Okta; a refusal for
   * the rate limit and a connection that was never made are tried again all the same.
   */
  readonly repeatable: boolean;
  readonly contentType?: string;
  /** Called when it is sent again after a try that may have taken effect. */
  readonly onRepeat?: () => void;
}

/** A request as the SDK makes it. */
export interface RawRequest {
  readonly method: string;
  /** Path with query, or a URL of the configured origin. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly repeatable: boolean;
  /** Whether an answer that is no success is thrown as a {@link Failure} in place of being returned. */
  readonly mustSucceed?: boolean;
}

/** Okta's Management API. All methods throw {@link Failure}. Paths start with `/` and hold the query. */
export interface OktaClient {
  readonly origin: OktaOrigin;
  /**
   * One page of a list. An answer that holds no list, or whose link to the next page cannot be read, is tried again and
   * is a failure of kind `unavailable` in the end.
   */
  list<T>(path: string, call: Call, options?: ListOptions<T>): Promise<ListPage<T>>;
  /** One object; anything else is a failure, as in `list`. */
  get<T>(path: string, call: Call, options?: ReadOptions): Promise<T>;
  /** Changes something, and reports it to the call's audit; `undefined` where the answer has no body, and in a dry run. */
  send<T>(method: string, path: string, call: Call, options: SendOptions): Promise<T | undefined>;
  /**
   * One request and its answer as it came, whatever its status: retried and held back like any other. One that changes
   * something is reported to the call's audit; in a dry run it is not sent, and the answer is an empty 204.
   */
  raw(request: RawRequest, call: Call): Promise<WireAnswer>;
  buckets(): readonly BucketView[];
  /** The time that Okta's last answer gave; `undefined` before the first one. */
  seenDate(): SeenDate | undefined;
  stats(): ClientStats;
  /** The scopes of the OAuth token; `undefined` for an API token, and before the first request. */
  grantedScopes(): readonly string[] | undefined;
  /** Whether each request proves a key (DPoP); `undefined` for an API token, and before the first request. */
  provesKey(): boolean | undefined;
  /**
   * From now on nothing waits: what waits, or would, for an access token, a rate limit or another try fails with a
   * {@link Failure} of kind `unavailable`. Requests under way go on, and others may be sent.
   */
  stopWaiting(): void;
  /** Ends what is waited for on behalf of all callers, as an access token, and closes connections. */
  close(): void;
}

export type { AnswerSeen, BucketView, ClientEvent, ClientStats, UnansweredRequest };
