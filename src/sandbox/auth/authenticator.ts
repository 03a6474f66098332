import type { Clock } from "../../runtime/clock.ts";
import type { ApiResponse, Caller } from "../http/route.ts";
import type { Directory } from "./access.ts";
import { type Nonces, type ProofChecker, ProofError } from "./dpop.ts";
import type { TokenEndpoint } from "./token.ts";

/** An API token of the org. */
export interface ApiToken {
  readonly token: string;
  /** The token's id in the org, as `00T...`. Default: one made of its owner's. */
  readonly id?: string;
  /** The user it belongs to. */
  readonly userId?: string;
  /**
   * Standard admin roles it carries, whatever becomes of its owner. Default: those that its owner holds when it is used,
   * as long as the owner may sign in.
   */
  readonly roles?: readonly string[];
}

/** What was sent to prove who calls. */
export interface Credentials {
  readonly authorization: string | undefined;
  /** The `DPoP` header. */
  readonly proof: string | undefined;
  readonly method: string;
  /** The URL as the client called it, without the query. */
  readonly url: string;
}

/** Credentials that prove nothing: the headers say what was wrong with them. */
export class Unauthorized extends Error {
  readonly status: number;
  readonly errorCode: string;
  readonly headers: NonNullable<ApiResponse["headers"]>;

  constructor(status: number, errorCode: string, summary: string, headers: NonNullable<ApiResponse["headers"]> = {}) {
    super(summary);
    this.status = status;
    this.errorCode = errorCode;
    this.headers = headers;
  }
}

/** Tells who calls: the owner of an API token, or an OAuth app. */
export class Authenticator {
  readonly #tokens: Map<string, ApiToken>;
  readonly #directory: Directory;
  readonly #endpoint: TokenEndpoint;
  readonly #proofs: ProofChecker;
  readonly #nonces: Nonces | undefined;
  readonly #clock: Clock;

  /** `resourceNonces`: proofs at resources must carry one of these; absent: they need none. */
  constructor(deps: {
    tokens: readonly ApiToken[];
    directory: Directory;
    endpoint: TokenEndpoint;
    proofs: ProofChecker;
    resourceNonces: Nonces | undefined;
    clock: Clock;
  }) {
    this.#tokens = new Map(deps.tokens.map((token) => [token.token, token]));
    this.#directory = deps.directory;
    this.#endpoint = deps.endpoint;
    this.#proofs = deps.proofs;
    this.#nonces = deps.resourceNonces;
    this.#clock = deps.clock;
  }

  /** Throws {@link Unauthorized}. */
  identify(credentials: Credentials): Caller | Promise<Caller> {
    const header = credentials.authorization?.trim() ?? "";
    const space = header.indexOf(" ");
    const scheme = (space < 0 ? header : header.slice(0, space)).toLowerCase();
    const value = space < 0 ? "" : header.slice(space + 1).trim();
    switch (scheme) {
      case "":
        throw new Unauthorized(403, "E0000005", "Invalid session");
      case "ssws":
        return this.#ownerOf(value);
      case "bearer":
        return this.#bearer(value);
      case "dpop":
        return this.#proven(value, credentials);
      default:
        throw invalidToken();
    }
  }

  #ownerOf(value: string): Caller {
    const token = this.#tokens.get(value);
    if (token === undefined) {
      throw invalidToken();
    }
    const { userId } = token;
    if (token.roles === undefined && (userId === undefined || !this.#directory.isActive(userId))) {
      throw invalidToken();
    }
    return {
      id: token.id ?? `00T${userId?.slice(3) ?? ""}`,
      roles: token.roles ?? this.#directory.rolesOfUser(userId!),
      revoke: () => this.#tokens.delete(value),
      ...(userId === undefined ? {} : { userId }),
    };
  }

  #bearer(value: string): Caller {
    const token = this.#endpoint.find(value);
    if (token === undefined || token.expiresAt <= this.#clock.now()) {
      throw invalidToken(challenge("Bearer", "invalid_token", "The access token is invalid or has expired."));
    }
    if (token.boundTo !== undefined) {
      throw invalidToken(challenge("DPoP", "invalid_token", "The access token is bound to a key: send it with DPoP."));
    }
    return token.caller;
  }

  async #proven(value: string, { proof, method, url }: Credentials): Promise<Caller> {
    const token = this.#endpoint.find(value);
    if (token === undefined || token.expiresAt <= this.#clock.now() || token.boundTo === undefined) {
      throw invalidToken(challenge("DPoP", "invalid_token", "The access token is invalid or has expired."));
    }
    if (proof === undefined) {
      throw invalidToken(challenge("DPoP", "invalid_dpop_proof", "The DPoP proof JWT header is missing."));
    }
    try {
      await this.#proofs.check(proof, {
        method,
        url,
        accessToken: value,
        boundTo: token.boundTo,
        ...(this.#nonces === undefined ? {} : { nonces: this.#nonces }),
      });
      return token.caller;
    } catch (error) {
      if (!(error instanceof ProofError)) {
        throw error;
      }
      throw error.needsNonce && this.#nonces !== undefined
        ? invalidToken({
            ...challenge("DPoP", "use_dpop_nonce", "Resource server requires nonce in DPoP proof."),
            "DPoP-Nonce": this.#nonces.current,
          })
        : invalidToken(challenge("DPoP", "invalid_dpop_proof", error.message));
    }
  }
}

function invalidToken(headers?: Record<string, string>): Unauthorized {
  return new Unauthorized(401, "E0000011", "Invalid token provided", headers);
}

function challenge(scheme: string, error: string, description: string): Record<string, string> {
  return { "WWW-Authenticate": `${scheme} error="${error}", error_description="${description}"` };
}
