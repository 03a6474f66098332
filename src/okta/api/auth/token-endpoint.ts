import type { Clock } from "../../../runtime/clock.ts";
import { type Answer, Failure } from "../../../runtime/failure.ts";
import { redact } from "../../../runtime/secrets/redact.ts";
import { parseErrorAnswer } from "../errors.ts";
import type { OktaOrigin } from "../http/domain.ts";
import { failureOfTransport } from "../http/network-errors.ts";
import { backoffMs, MAX_REFUSED_MS, MAX_TRIES, refusalBackoffMs, TRANSIENT } from "../http/retry.ts";
import type { Transport, WireAnswer } from "../http/transport.ts";
import { FINAL_REASONS, TransportError } from "../http/transport-error.ts";
import type { RateLimitHeaders } from "../limits/headers.ts";
import type { ServerTime } from "../limits/server-time.ts";
import type { ClientEvent } from "../observed.ts";
import { clientAssertion } from "./client-assertion.ts";
import type { OAuthKey } from "./credentials.ts";
import { createProofSigner, type ProofSigner } from "./dpop.ts";
import { ATTEMPTED, SKEW_MS, TOKEN_PATH, tokenFailure } from "./token-refusal.ts";

/** What getting access tokens takes. */
export interface OAuthDeps {
  readonly origin: OktaOrigin;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly serverTime: ServerTime;
  readonly limits: RateLimitHeaders;
  readonly random: () => number;
  readonly userAgent: string;
  readonly log: (event: ClientEvent) => void;
  /** Once aborted, no token is waited for: it fails with the signal's reason. */
  readonly stopping: AbortSignal;
}

/** An access token. */
export interface AccessToken {
  readonly value: string;
  /** Signs the proofs that go with a token bound to a key; absent for a bearer token. */
  readonly signer: ProofSigner | undefined;
  /** Milliseconds since the Unix epoch, by the local clock. */
  readonly expiresAt: number;
  /** When to get the next one. */
  readonly refreshAt: number;
  readonly scopes: readonly string[];
}

/** How long the whole answer may take, in milliseconds. */
const TIMEOUT_MS = 60_000;

/**
 * Okta's token endpoint: client credentials with `private_key_jwt` (OpenID Connect Core 9, RFC 7523). Whether tokens
 * are bound to a key (DPoP, RFC 9449) is learned from its answers.
 */
export class TokenEndpoint {
  #key: OAuthKey;
  /** The key that was used before the one that was read last, until that one is seen to work. */
  #previous: OAuthKey | undefined;
  readonly #deps: OAuthDeps;
  #signer: ProofSigner | undefined;
  #nonce: string | undefined;
  /** What the last request was signed with: good for some minutes to whoever reads it. */
  #signed: readonly (string | undefined)[] = [];
  readonly #scrub = (text: string) => redact(text, this.#signed);

  constructor(key: OAuthKey, deps: OAuthDeps) {
    this.#key = key;
    this.#deps = deps;
  }

  /** A new access token. Throws a {@link Failure} that says why there is none, and the signal's reason where it aborts. */
  async token(signal: AbortSignal): Promise<AccessToken> {
    const { clock, serverTime, random, log } = this.#deps;
    let tries = 0;
    let refusals = 0;
    let refusedSince: number | undefined;
    let corrections = 0;
    await this.#reread();
    for (;;) {
      const signedFor = serverTime.now();
      const askedAt = clock.now();
      let answer: WireAnswer;
      try {
        answer = await this.#ask(signedFor, signal);
      } catch (error) {
        if (!(error instanceof TransportError)) {
          throw error;
        }
        const unreached = error.reason === "dns" || error.reason === "connect" || error.reason === "proxy";
        if (FINAL_REASONS.has(error.reason) || ++tries >= (unreached ? 3 : MAX_TRIES)) {
          throw failureOfTransport(error, this.#deps.origin, ATTEMPTED);
        }
        await clock.sleep(backoffMs(tries, random), signal);
        continue;
      }
      serverTime.observe(answer.headers.date, askedAt);
      if (answer.status === 200) {
        const token = this.#accept(answer, askedAt);
        if (token !== undefined) {
          this.#previous = undefined;
          return token;
        }
      }
      const said = parseErrorAnswer(answer, this.#scrub);
      if (answer.status === 429) {
        refusedSince ??= clock.now();
        if (clock.now() - refusedSince < MAX_REFUSED_MS) {
          await clock.sleep(this.#refusedFor(answer, ++refusals), signal);
          continue;
        }
      }
      if (answer.status === 200 || TRANSIENT.has(answer.status)) {
        if (++tries >= MAX_TRIES) {
          throw this.#failure(answer, said, signedFor);
        }
        await clock.sleep(backoffMs(tries, random), signal);
        continue;
      }
      if (corrections < 4 && (await this.#corrected(answer, said, signedFor))) {
        corrections++;
        log({ level: "debug", message: "asking for the access token again", details: { reason: said.code } });
        continue;
      }
      if (said.code === "invalid_client" && this.#previous !== undefined) {
        const message = "Okta does not take the key that was read anew: going on with the one before";
        log({ level: "warn", message, details: { kid: this.#key.keyId } });
        this.#key = this.#previous;
        this.#previous = undefined;
        continue;
      }
      throw this.#failure(answer, said, signedFor);
    }
  }

  /** Takes the key that is there now. One that cannot be read changes nothing: the one in use may still be good. */
  async #reread(): Promise<void> {
    const { log } = this.#deps;
    try {
      const found = await this.#key.reread?.();
      if (found === undefined || (found.keyId === this.#key.keyId && found.key.equals(this.#key.key))) return;
      this.#previous = this.#key;
      this.#key = { ...this.#key, ...found };
      const details = { kid: this.#key.keyId };
      log({ level: "info", message: "the private key was replaced: signing in with the new one", details });
    } catch (error) {
      const details = { reason: error instanceof Error ? error.message : String(error) };
      log({ level: "warn", message: "the private key cannot be read anew: going on with the one in use", details });
    }
  }

  async #ask(now: number, signal: AbortSignal): Promise<WireAnswer> {
    const { origin, transport, userAgent } = this.#deps;
    const { scopes } = this.#key;
    const url = origin.url + TOKEN_PATH;
    const assertion = await clientAssertion(this.#key, url, now);
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      scope: scopes.join(" "),
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: assertion,
    }).toString();
    const proof = await this.#signer?.sign({ method: "POST", url, now, nonce: this.#nonce });
    this.#signed = [assertion, proof];
    const headers = {
      accept: "application/json",
      "content-type": "application/x-www-form-urlencoded",
      "user-agent": userAgent,
      ...(proof === undefined ? {} : { dpop: proof }),
    };
    const answer = await transport.exchange({ method: "POST", path: TOKEN_PATH, headers, body }, signal, TIMEOUT_MS);
    const nonce = answer.headers["dpop-nonce"];
    if (typeof nonce === "string" && nonce !== "") {
      this.#nonce = nonce;
    }
    return answer;
  }

  /** The token in an answer; `undefined` where the answer is corrupt. */
  #accept(answer: WireAnswer, askedAt: number): AccessToken | undefined {
    let body: { access_token?: unknown; token_type?: unknown; expires_in?: unknown; scope?: unknown };
    try {
      body = JSON.parse(answer.body.toString("utf8"));
    } catch {
      return undefined;
    }
    if (typeof body?.access_token !== "string" || body.access_token === "") {
      return undefined;
    }
    if (/[^!-~]/.test(body.access_token)) {
      throw new Failure({
        kind: "failedPrecondition",
        message: `${this.#deps.origin.hostname} gave an access token with a line break or another character that no header can hold`,
        attempted: ATTEMPTED,
        advice: "check that the domain is the org's own, as acme.okta.com, and what stands between here and Okta",
      });
    }
    const asked = this.#key.scopes;
    const scopes = typeof body.scope === "string" ? body.scope.split(/\s+/).filter((s) => s !== "") : asked;
    const dropped = asked.filter((scope) => !scopes.includes(scope));
    if (dropped.length > 0) {
      this.#deps.log({
        level: "info",
        message: "the OAuth app was not granted all scopes",
        details: { missing: dropped.join(" ") },
      });
    }
    const lifetimeMs = (typeof body.expires_in === "number" ? body.expires_in : 3600) * 1000;
    return {
      value: body.access_token,
      signer: String(body.token_type).toLowerCase() === "dpop" ? this.#signer : undefined,
      expiresAt: askedAt + lifetimeMs,
      refreshAt: askedAt + lifetimeMs - Math.min(60_000, lifetimeMs / 5),
      scopes,
    };
  }

  /** Whether something was learned from a refusal that makes another try worth while. */
  async #corrected(answer: WireAnswer, said: Answer, signedFor: number): Promise<boolean> {
    if (said.code === "use_dpop_nonce" && answer.headers["dpop-nonce"] !== undefined) {
      this.#signer ??= await createProofSigner();
      return true;
    }
    if (said.code === "invalid_dpop_proof" && this.#signer === undefined) {
      this.#signer = await createProofSigner();
      return true;
    }
    const timed = said.code === "invalid_client" || said.code === "invalid_dpop_proof" || said.code === "invalid_grant";
    return timed && Math.abs(this.#deps.serverTime.now() - signedFor) > SKEW_MS;
  }

  #failure(answer: WireAnswer, said: Answer, signedFor: number): Failure {
    const { origin, serverTime } = this.#deps;
    return tokenFailure({ answer, said, signedFor, key: this.#key, origin, serverTime, scrub: this.#scrub });
  }

  #refusedFor(answer: WireAnswer, refusals: number): number {
    const { limits, serverTime, random } = this.#deps;
    const crowded = answer.headers["x-rate-limit-limit"] === "0";
    const openAt = crowded ? undefined : limits.openAt(answer);
    const known = openAt === undefined ? (limits.retryAfterOf(answer) ?? 0) : openAt - serverTime.now();
    return Math.max(known, refusalBackoffMs(refusals, random));
  }
}
