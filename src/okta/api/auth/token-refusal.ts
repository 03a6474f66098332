import { type Answer, Failure } from "../../../runtime/failure.ts";
import { failureOf } from "../errors.ts";
import type { OktaOrigin } from "../http/domain.ts";
import type { WireAnswer } from "../http/transport.ts";
import type { ServerTime } from "../limits/server-time.ts";
import type { OAuthKey } from "./credentials.ts";

/** Okta's token endpoint. Source: Okta's OpenID Connect reference, the org authorization server. */
export const TOKEN_PATH = "/oauth2/v1/token";
/** As messages name a request to it. */
export const ATTEMPTED = `POST ${TOKEN_PATH}`;
/** What a clock may be off before it is mentioned, in milliseconds. */
export const SKEW_MS = 5_000;

/** An answer without a token, and what was asked. */
export interface TokenRefusal {
  readonly answer: WireAnswer;
  readonly said: Answer;
  /** The time that the assertion was signed for, in milliseconds since the Unix epoch. */
  readonly signedFor: number;
  readonly key: OAuthKey;
  readonly origin: OktaOrigin;
  readonly serverTime: ServerTime;
  /** Takes out of a text what the request was signed with. */
  readonly scrub: (text: string) => string;
}

/** Why there is no access token, as a {@link Failure} that says what to do about it. */
export function tokenFailure({ answer, said, signedFor, key, origin, serverTime, scrub }: TokenRefusal): Failure {
  const common = { attempted: ATTEMPTED, answer: said };
  const offMs = -serverTime.offset;
  const aboutTime = /expir|future|not yet valid|issued at|\biat\b|\bnbf\b|too (old|early)|clock/i.test(
    said.summary ?? "",
  );
  if (said.code !== undefined && aboutTime && Math.abs(offMs) > SKEW_MS) {
    const direction = offMs > 0 ? "ahead of" : "behind";
    return new Failure({
      ...common,
      kind: "unauthenticated",
      message: `this machine's clock is ${Math.round(Math.abs(offMs) / 1000)} s ${direction} Okta's, which refuses what it signs: ${said.summary}`,
      advice: "set the clock, or keep it right with NTP",
    });
  }
  const words = [said.code, said.summary].filter((part) => part !== undefined).join(": ");
  switch (said.code) {
    case "invalid_scope":
      return new Failure({
        ...common,
        kind: "permissionDenied",
        message: `the OAuth app has none of the scopes, or not one of those, that were asked for (${words})`,
        advice: `grant it under Okta API Scopes: ${key.scopes.join(" ")}`,
      });
    case "invalid_client":
    case "invalid_grant":
    case "unauthorized_client":
    case "access_denied":
    case "invalid_request":
      return new Failure({
        ...common,
        kind: "unauthenticated",
        message: `Okta gives the OAuth app no access token (${words})`,
        advice: "check the client id, that the app is active and its public key is the one of this key and key id",
      });
    case "use_dpop_nonce":
      return new Failure({
        ...common,
        kind: "unauthenticated",
        message: `Okta's token endpoint asks for a DPoP nonce again and again, though each proof holds the one it gave (${words})`,
        advice: "check what stands between here and Okta: something may change or keep back its answers",
      });
    case "invalid_dpop_proof":
      return new Failure({
        ...common,
        kind: "unauthenticated",
        message: `Okta does not accept the DPoP proof (${words}), signed for ${new Date(signedFor).toISOString()}`,
        advice: "check this machine's clock",
      });
    default:
      return answer.status === 200
        ? new Failure({
            ...common,
            kind: "failedPrecondition",
            message: `${origin.hostname} answered without an access token`,
            advice: "check that the domain is the org's own, as acme.okta.com",
          })
        : failureOf(answer, {
            method: "POST",
            path: TOKEN_PATH,
            attempted: ATTEMPTED,
            oauth: true,
            grantedScopes: undefined,
            host: origin.hostname,
            scrub,
          });
  }
}
