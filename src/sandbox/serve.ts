import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { JWK } from "jose";
import { type Clock, systemClock } from "../runtime/clock.ts";
import { Failure } from "../runtime/failure.ts";
import type { Directory } from "./auth/access.ts";
import { type ApiToken, Authenticator } from "./auth/authenticator.ts";
import { Nonces, ProofChecker } from "./auth/dpop.ts";
import { type OAuthClient, TokenEndpoint } from "./auth/token.ts";
import { OrgAnswers } from "./dispatch.ts";
import type { Calls } from "./http/calls.ts";
import { type FaultPlan, Faults, type Interception } from "./http/faults.ts";
import { concurrencyOf, type LimitSetting, RateLimits } from "./http/limits.ts";
import type { Route } from "./http/route.ts";
import { Router } from "./http/router.ts";
import { type Control, SandboxServer, type SeenRequest } from "./http/server.ts";

/** How an org is served. Times are in milliseconds. */
export interface ServeOptions {
  /** Default: 0, any port that is free. */
  readonly port?: number;
  /** Default: `127.0.0.1`. */
  readonly host?: string;
  /** How long each answer takes at least. Default: 0. */
  readonly latencyMs?: number;
  /** Default: `default`. */
  readonly limits?: LimitSetting;
  /** The length of a rate-limit window. Default: 60,000. */
  readonly windowMs?: number;
  /** Calls that may be under way at a time. Default: by the kind of org, any number where `limits` is `off`. */
  readonly concurrency?: number;
  /** A rate from 0 to 1, or a plan. Default: none. */
  readonly faults?: number | FaultPlan;
  /** `oauth` and `dpop` come with an OAuth app that has every scope and is a super admin. Default: `token`. */
  readonly auth?: "token" | "oauth" | "dpop";
  /** Further API tokens. */
  readonly tokens?: readonly ApiToken[];
  /** Further OAuth apps. */
  readonly oauthClients?: readonly OAuthClient[];
  /** How long an access token is good. Default: an hour. */
  readonly accessTokenLifetimeMs?: number;
  /** How long a DPoP nonce is good, and then as long again. Default: 24 hours. */
  readonly nonceLifetimeMs?: number;
  /** How far a DPoP proof's `iat` may be from the clock. Default: five minutes. */
  readonly proofWindowMs?: number;
  /** Whether calls to resources need a nonce in their DPoP proof, too. Default: false. */
  readonly resourceNonces?: boolean;
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  readonly clock?: Clock;
}

/** What is served. */
export interface Served {
  readonly routes: readonly Route[];
  readonly directory: Directory;
  /** Answers calls that are the sandbox's own. */
  readonly control?: Control;
  /** The user that owns the API token made at the start; absent: it belongs to nobody. */
  readonly ownerId?: string;
  /** Takes in the app that signs in here with this key; answers the keys that it may sign in with from now on. */
  readonly registerClient?: (clientId: string, key: JWK) => () => readonly JWK[];
}

/** The key of the OAuth app made at the start. */
export interface OAuthAccess {
  readonly clientId: string;
  /** PKCS#8. */
  readonly privateKeyPem: string;
  readonly keyId: string;
  /** All scopes that the app was granted. */
  readonly scopes: readonly string[];
}

/** What is being served. */
export interface Sandbox {
  /** As `http://127.0.0.1:8080`, without a slash. */
  readonly url: string;
  readonly port: number;
  /** An API token of a super admin. */
  readonly token: string;
  /** The OAuth app; there with `auth: "oauth"` and `auth: "dpop"`. */
  readonly oauth: OAuthAccess | undefined;
  calls(): Calls;
  resetCalls(): void;
  /** Calls `watcher` for every request as it comes in. The returned function ends that. */
  onRequest(watcher: (request: SeenRequest) => void): () => void;
  /**
   * Lets `interceptor` decide how a request fares: a fault, an answer of its own, or as usual where it returns nothing.
   * The first one that decides wins, and wins over planned faults. The returned function ends that.
   */
  intercept(interceptor: (request: SeenRequest) => Interception | undefined): () => void;
  /** Gives every rate-limit bucket back what was taken in this window. */
  resetLimits(): void;
  /** Refuses from now on all access tokens given out so far. */
  revokeAccessTokens(): void;
  /** Refuses from now on all DPoP nonces given out so far. */
  renewNonces(): void;
  /** Ends all connections and frees the port. */
  close(): Promise<void>;
}

const HOUR = 3_600_000;

/** Serves `served` over HTTP until it is closed. Throws a {@link Failure} where the address cannot be had. */
export async function serve(served: Served, options: ServeOptions = {}): Promise<Sandbox> {
  const clock = options.clock ?? systemClock;
  const limitSetting = options.limits ?? "default";
  const host = options.host ?? "127.0.0.1";
  const token = `00${randomBytes(30).toString("base64url")}`;
  const app = options.auth === "oauth" || options.auth === "dpop" ? newApp(served, options.auth) : undefined;
  const proofs = new ProofChecker(clock, options.proofWindowMs ?? HOUR / 12);
  const nonceLifetime = options.nonceLifetimeMs ?? 24 * HOUR;
  const tokenNonces = new Nonces(clock, nonceLifetime);
  const resourceNonces = options.resourceNonces === true ? new Nonces(clock, nonceLifetime) : undefined;
  const tokens = new TokenEndpoint({
    clients: [...(app === undefined ? [] : [app.client]), ...(options.oauthClients ?? [])],
    clock,
    proofs,
    nonces: tokenNonces,
    lifetimeMs: options.accessTokenLifetimeMs ?? HOUR,
  });
  const owner = served.ownerId === undefined ? {} : { userId: served.ownerId };
  const authenticator = new Authenticator({
    tokens: [{ token, roles: ["SUPER_ADMIN"], ...owner }, ...(options.tokens ?? [])],
    directory: served.directory,
    endpoint: tokens,
    proofs,
    resourceNonces,
    clock,
  });
  const limits = new RateLimits(limitSetting, options.windowMs ?? 60_000);
  const server = makeServer(options, {
    router: new Router(served.routes),
    org: new OrgAnswers(served.directory, authenticator, tokens),
    limits,
    concurrency: options.concurrency ?? concurrencyOf(limitSetting),
    faults: new Faults(typeof options.faults === "object" ? options.faults : { rate: options.faults ?? 0 }),
    latencyMs: options.latencyMs ?? 0,
    control: served.control,
    clock,
  });
  const port = await server.listen(options.port ?? 0, host);
  return {
    url: `${options.tls === undefined ? "http" : "https"}://${reachable(host)}:${port}`,
    port,
    token,
    oauth: app?.access,
    calls: () => server.counter.calls(),
    resetCalls: () => server.counter.reset(),
    onRequest: (watcher) => server.watch(watcher),
    intercept: (interceptor) => server.intercept(interceptor),
    resetLimits: () => limits.reset(),
    revokeAccessTokens: () => tokens.revokeAll(),
    renewNonces: () => {
      tokenNonces.renew();
      resourceNonces?.renew();
    },
    close: () => server.close(),
  };
}

function makeServer({ tls }: ServeOptions, deps: ConstructorParameters<typeof SandboxServer>[0]): SandboxServer {
  try {
    return new SandboxServer(tls === undefined ? deps : { ...deps, tls });
  } catch (error) {
    throw new Failure({
      kind: "usage",
      message: `the certificate and key cannot be used: ${(error as Error).message}`,
      advice: "give a certificate and its own private key, both as PEM",
      cause: error,
    });
  }
}

/** An address that means every interface is reached by the loopback one. */
function reachable(host: string): string {
  if (host === "0.0.0.0") {
    return "127.0.0.1";
  }
  if (host === "::") {
    return "[::1]";
  }
  return host.includes(":") ? `[${host}]` : host;
}

function newApp(served: Served, auth: "oauth" | "dpop"): { client: OAuthClient; access: OAuthAccess } {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const clientId = `0oa${randomBytes(13).toString("hex").slice(0, 17)}`;
  const keyId = randomBytes(16).toString("base64url");
  const scopes = [
    ...new Set(served.routes.flatMap(({ scope }) => [scope, scope.replace(/\.read$/, ".manage")])),
  ].sort();
  const jwk: JWK = { ...(publicKey.export({ format: "jwk" }) as JWK), kid: keyId, alg: "RS256" };
  const keys = served.registerClient?.(clientId, jwk) ?? (() => [jwk]);
  return {
    client: {
      clientId,
      get publicJwks() {
        return keys();
      },
      grantedScopes: scopes,
      roles: ["SUPER_ADMIN"],
      dpop: auth === "dpop",
    },
    access: {
      clientId,
      privateKeyPem: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
      keyId,
      scopes,
    },
  };
}
