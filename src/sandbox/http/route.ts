import type { IncomingHttpHeaders } from "node:http";

/** Who calls the sandbox: what its credentials allow has been checked before a route sees the call. */
export interface Caller {
  /** The user that owns the API token; absent for an OAuth app. */
  readonly userId?: string;
  /** The API token's id, or the OAuth app's client id. */
  readonly id: string;
  /** Standard admin roles of the caller, as `SUPER_ADMIN`. An OAuth app without one sees empty lists. */
  readonly roles: readonly string[];
  /** Scopes of an OAuth access token; absent for an API token. */
  readonly scopes?: readonly string[];
  /** Makes the API token with which it calls void; absent for an OAuth app. */
  readonly revoke?: () => void;
}

/** A call as a route sees it. */
export interface ApiRequest {
  readonly method: string;
  /** The path without the query, still percent-encoded. */
  readonly path: string;
  /** Values of the pattern's placeholders, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The JSON body; `undefined` where there was none. */
  readonly body: unknown;
  readonly caller: Caller;
  /** The sandbox's own address, from which links are made: `http://127.0.0.1:8080`. */
  readonly origin: string;
  /** `x-okta-request-id` of this call. */
  readonly requestId: string;
}

/** What a route answers. */
export interface ApiResponse {
  readonly status: number;
  /** Sent as JSON; a string is JSON already. Absent: no body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** One endpoint of the Management API. */
export interface Route {
  readonly method: string;
  /** As `/api/v1/groups/{groupId}/users`. */
  readonly pattern: string;
  /** The OAuth scope that the endpoint asks for, as `okta.groups.read`. */
  readonly scope: string;
  readonly handle: (request: ApiRequest) => ApiResponse;
}
