import type { KeyObject } from "node:crypto";
import { Failure } from "../../../runtime/failure.ts";
import { redact } from "../../../runtime/secrets/redact.ts";
import type { Secret } from "../../../runtime/secrets/secret.ts";
import type { WireAnswer } from "../http/transport.ts";

/** An API token, sent as `Authorization: SSWS`. It acts as the user who made it. */
export interface ApiToken {
  readonly kind: "apiToken";
  readonly token: Secret;
  /** Reads the token anew from where it came, as it may have been replaced since; called where Okta does not take it. */
  readonly reread?: () => Promise<Secret | undefined>;
}

/** An OAuth 2.0 service app that signs with its private key. */
export interface OAuthKey {
  readonly kind: "oauthKey";
  readonly clientId: string;
  /** An RSA private key; see `readPrivateKey`. */
  readonly key: KeyObject;
  /** The key's id in the app, as its JWK says. Okta takes an assertion without it where the app has one key. */
  readonly keyId?: string;
  /** The scopes to ask for; see `scopesFor`. */
  readonly scopes: readonly string[];
  /** Reads the key anew from where it came, as it may have been replaced since; called before each access token. */
  readonly reread?: () => Promise<Pick<OAuthKey, "key" | "keyId">>;
}

/** How this program proves to Okta who it is. */
export type Credentials = ApiToken | OAuthKey;

/** What is new since a request was refused: the nonce for proofs, or the access token. */
export type Renewal = "nonce" | "token";

/** Puts credentials on requests, and learns from the answers. */
export interface Authorizer {
  readonly oauth: boolean;
  /** The headers for one try of one request. Throws a Failure where no access token can be had. */
  headers(method: string, path: string): Record<string, string> | Promise<Record<string, string>>;
  /** Takes in an answer to a request that carried `headers`. What it returns makes the same request worth a new try. */
  seen(answer: WireAnswer, headers: Readonly<Record<string, string>>): Renewal | undefined;
  /** The scopes of the access token; `undefined` for an API token, and before the first access token. */
  grantedScopes(): readonly string[] | undefined;
  /** Whether the access token is bound to a key (DPoP); `undefined` for an API token, and before the first access token. */
  provesKey(): boolean | undefined;
  /** Takes secrets out of a text that came from elsewhere. */
  scrub(text: string): string;
  /** Ends what it waits for on behalf of all requests. */
  close(): void;
}

/**
 * Puts an API token on every request, without the line break that files and secrets of clusters end in. Where Okta does not
 * take it any more, the one that is there now is tried. Throws a {@link Failure} of kind `usage` for what can be no token,
 * as no header could hold it.
 */
export function authorizeWithToken({ token, reread }: ApiToken): Authorizer {
  let text = token.reveal().trim();
  if (!isToken(text)) {
    throw new Failure({
      kind: "usage",
      message: "the API token is empty, or holds spaces, line breaks or other characters that no token has",
      advice: "give it as Okta showed it, in one piece",
    });
  }
  const used = [text];
  let isRefused = false;
  const headers = () => ({ authorization: `SSWS ${text}` });
  async function renewed(): Promise<Record<string, string>> {
    isRefused = false;
    // What cannot be read changes nothing: Okta's refusal says what is wrong.
    const found = (await reread?.().catch(() => undefined))?.reveal().trim() ?? "";
    if (isToken(found) && found !== text) {
      text = found;
      used.push(text);
    }
    return headers();
  }
  return {
    oauth: false,
    headers: () => (isRefused ? renewed() : headers()),
    seen(answer, sent) {
      if (answer.status !== 401 || reread === undefined) return undefined;
      // Others may have been given the new one meanwhile.
      if (sent.authorization === headers().authorization) isRefused = true;
      return "token";
    },
    grantedScopes: () => undefined,
    provesKey: () => undefined,
    scrub: (said) => redact(said, used),
    close: () => {},
  };
}

function isToken(text: string): boolean {
  return /^[!-~]+$/.test(text);
}
