import type { Clock } from "../../runtime/clock.ts";
import type { Authorizer, OAuthKey } from "./credentials.ts";
import type { OktaOrigin } from "./domain.ts";
import type { ClientEvent } from "./observed.ts";
import type { ServerTime } from "./server-time.ts";
import type { Transport } from "./transport.ts";

/** What getting access tokens takes. */
export interface OAuthParts {
  readonly origin: OktaOrigin;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly serverTime: ServerTime;
  readonly random: () => number;
  readonly userAgent: string;
  readonly log: (event: ClientEvent) => void;
}

/** Puts access tokens on requests. */
export function authorizeWithKey(_key: OAuthKey, _parts: OAuthParts): Authorizer {
  throw new Error("replaced by the next commit");
}
