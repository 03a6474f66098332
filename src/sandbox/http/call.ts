import type { IncomingHttpHeaders } from "node:http";
import type { Match } from "./router.ts";

/** A call whose body has come. */
export interface Call {
  readonly method: string;
  /** Without the query, still percent-encoded. */
  readonly path: string;
  readonly query: string;
  readonly match: Match;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The server's address as the caller knows it. */
  readonly origin: string;
  readonly requestId: string;
}

/** The path of the token endpoint. */
export const TOKEN_PATH = "/oauth2/v1/token";
