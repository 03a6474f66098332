import { Failure } from "../../../runtime/failure.ts";
import { redact } from "../../../runtime/secrets/redact.ts";
import type { Authorizer, OAuthKey, Renewal } from "./credentials.ts";
import { type AccessToken, type OAuthDeps, TokenEndpoint } from "./token-endpoint.ts";

/** How long a token that could not be refreshed early is used on before the next try, in milliseconds. */
const REFRESH_AGAIN_MS = 10_000;

/** How many access tokens are known so that they can be taken out of answers. */
const MAX_REMEMBERED = 4;

/**
 * Puts OAuth access tokens on requests. One token serves all of them: it is asked for once however many wait, and
 * again before it expires or when a request with it is answered 401.
 */
export function authorizeWithKey(key: OAuthKey, deps: OAuthDeps): Authorizer {
  const { clock, serverTime, origin } = deps;
  const endpoint = new TokenEndpoint(key, deps);
  let token: AccessToken | undefined;
  let pending: Promise<AccessToken> | undefined;
  const over = new AbortController();
  let notBefore = 0;
  /** The latest tokens, as an answer may quote one that was refused or replaced meanwhile. */
  const used: string[] = [];
  let nonce: string | undefined;

  function current(): AccessToken | Promise<AccessToken> {
    const now = clock.now();
    if (token !== undefined && now < token.expiresAt && now < Math.max(token.refreshAt, notBefore)) {
      return token;
    }
    pending ??= endpoint
      .token(AbortSignal.any([over.signal, deps.stopping]))
      .catch((error: unknown) => {
        if (!over.signal.aborted && token !== undefined && clock.now() < token.expiresAt) {
          notBefore = clock.now() + REFRESH_AGAIN_MS;
          return token;
        }
        throw error;
      })
      .then((got) => {
        token = got;
        used.push(got.value);
        if (used.length > MAX_REMEMBERED) used.shift();
        return got;
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  }

  async function headers(method: string, path: string): Promise<Record<string, string>> {
    const { value, signer } = await current();
    if (signer === undefined) {
      return { authorization: `Bearer ${value}` };
    }
    const query = path.indexOf("?");
    const proof = await signer.sign({
      method,
      url: origin.url + (query < 0 ? path : path.slice(0, query)),
      now: serverTime.now(),
      nonce,
      accessToken: value,
    });
    return { authorization: `DPoP ${value}`, dpop: proof };
  }

  return {
    oauth: true,
    headers,
    seen(answer, sent): Renewal | undefined {
      const given = answer.headers["dpop-nonce"];
      if (typeof given === "string" && given !== "") {
        nonce = given;
      }
      if (answer.status !== 401 && answer.status !== 400) {
        return undefined;
      }
      const challenge = String(answer.headers["www-authenticate"] ?? "");
      if (/use_dpop_nonce/.test(challenge) && sent.dpop !== undefined && typeof given === "string") {
        return "nonce";
      }
      if (answer.status !== 401) {
        return undefined;
      }
      // Others may have been given a newer token meanwhile: that one stays.
      if (token !== undefined && sent.authorization?.endsWith(` ${token.value}`)) {
        token = undefined;
      }
      return "token";
    },
    grantedScopes: () => token?.scopes,
    provesKey: () => (token === undefined ? undefined : token.signer !== undefined),
    scrub: (text) => redact(text, used),
    close: () => over.abort(new Failure({ kind: "cancelled", message: "the connection to Okta was closed" })),
  };
}
