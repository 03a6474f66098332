import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  fetchUserInfo,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import type { Secret } from "../../runtime/secrets/secret.ts";
import type { SignInState } from "./sealed-state.ts";

/** An OpenID Connect provider, and what we are to it. */
export interface ProviderOptions {
  readonly issuer: URL;
  readonly clientId: string;
  /** Absent: a public client. */
  readonly clientSecret?: Secret | undefined;
  /** Where the provider sends people back to. */
  readonly callback: string;
  /** Where it sends them after they signed out. */
  readonly signedOut: string;
  /** The claim that names the person's groups. */
  readonly groupsClaim: string;
  /** Whether groups are asked for. */
  readonly wantsGroups: boolean;
}

/** Who signed in, as the provider says. */
export interface SignedIn {
  readonly subject: string;
  readonly name: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly groups: readonly string[];
  readonly idToken: string;
}

/** How long the provider may take to answer, in seconds. */
const TIMEOUT_S = 10;

/**
 * Signs people in by the authorization code flow with PKCE. Sources: OpenID Connect Core 1.0; OAuth 2.0 Security Best
 * Current Practice (RFC 9700); OpenID Connect RP-Initiated Logout 1.0.
 */
export class Provider {
  readonly #options: ProviderOptions;
  #found: Promise<Configuration> | undefined;

  constructor(options: ProviderOptions) {
    this.#options = options;
  }

  /** Reads where the provider's endpoints are, once. What fails is tried again when asked for. */
  discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.#options;
    this.#found ??= discovery(
      issuer,
      clientId,
      clientSecret === undefined ? { token_endpoint_auth_method: "none" } : clientSecret.reveal(),
      clientSecret === undefined ? None() : undefined,
      // Only a provider on this machine is asked by http, in tests.
      { timeout: TIMEOUT_S, ...(issuer.protocol === "http:" && { execute: [allowInsecureRequests] }) },
    ).catch((error: unknown) => {
      this.#found = undefined;
      throw error;
    });
    return this.#found;
  }

  /** Where somebody signs in, and what is to be remembered meanwhile. */
  async begin(): Promise<{ readonly url: URL; readonly state: SignInState }> {
    const config = await this.discover();
    const state = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
    const offered = config.serverMetadata().scopes_supported ?? [];
    const groups = this.#options.wantsGroups && offered.includes("groups") ? " groups" : "";
    const url = buildAuthorizationUrl(config, {
      redirect_uri: this.#options.callback,
      scope: `openid profile email${groups}`,
      state: state.state,
      nonce: state.nonce,
      code_challenge: await calculatePKCECodeChallenge(state.verifier),
      code_challenge_method: "S256",
    });
    return { url, state };
  }

  /** Who comes back with this address. Throws where anything of it is not as it should be. */
  async end(returned: URL, { state, nonce, verifier }: SignInState): Promise<SignedIn> {
    const config = await this.discover();
    const tokens = await authorizationCodeGrant(config, returned, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    const claims = { ...tokens.claims() };
    const { groupsClaim, wantsGroups } = this.#options;
    const lacks = claims.email === undefined || (wantsGroups && claims[groupsClaim] === undefined);
    // Some providers keep to the bare minimum in the token itself.
    if (lacks && config.serverMetadata().userinfo_endpoint !== undefined) {
      const more = await fetchUserInfo(config, tokens.access_token, String(claims.sub));
      for (const [name, value] of Object.entries(more)) claims[name] ??= value as never;
    }
    const text = (value: unknown) => (typeof value === "string" ? value : "");
    const groups = claims[groupsClaim];
    return {
      subject: String(claims.sub),
      name: text(claims.name) || text(claims.preferred_username) || text(claims.email),
      email: text(claims.email),
      emailVerified: claims.email_verified !== false && claims.email_verified !== "false",
      groups: Array.isArray(groups) ? groups.filter((group): group is string => typeof group === "string") : [],
      idToken: tokens.id_token ?? "",
    };
  }

  /** Where somebody goes to sign out at the provider as well; `undefined` where it has no such place. */
  async leave(idToken: string): Promise<URL | undefined> {
    const config = await this.discover();
    if (config.serverMetadata().end_session_endpoint === undefined) return undefined;
    return buildEndSessionUrl(config, { id_token_hint: idToken, post_logout_redirect_uri: this.#options.signedOut });
  }
}
