import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";

/** Somebody whom the provider knows. */
export interface Account {
  readonly email: string;
  readonly email_verified?: boolean;
  readonly name?: string;
  readonly groups?: readonly string[];
}

export const SECRET = "a-secret-of-32-characters-at-least";

/**
 * A real OpenID Connect provider on this machine. It signs in whom `signIn` names without asking, as this is about what
 * comes after.
 */
export async function startProvider(accounts: Readonly<Record<string, Account>>) {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients: Record<string, unknown>[] = [];
  let who = Object.keys(accounts)[0]!;
  let provider: Provider;
  let spoilt = false;
  /** The pages that a client may send people back to are known once it runs. */
  function open(): void {
    provider = new Provider(issuer, {
      clients: clients as never,
      claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
      scopes: ["openid", "email", "profile", "groups"],
      conformIdTokenClaims: false,
      features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
      cookies: { keys: ["only for tests"] },
      pkce: { required: () => true },
      ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
      interactions: { url: (_, { uid }) => `/interaction/${uid}` },
      findAccount: async (_, id) => ({ accountId: id, claims: async () => ({ sub: id, ...accounts[id] }) as never }),
      async loadExistingGrant(ctx) {
        const grant = new ctx.oidc.provider.Grant({
          clientId: ctx.oidc.client!.clientId,
          accountId: ctx.oidc.session!.accountId!,
        });
        grant.addOIDCScope("openid email profile groups");
        await grant.save();
        return grant;
      },
    });
    const answer = provider.callback();
    server.removeAllListeners("request");
    server.on("request", async (request, response) => {
      // The ID token will be for another sign-in than the one that was asked for.
      if (spoilt) request.url = request.url?.replace(/nonce=[^&]+/, "nonce=of-another-sign-in");
      if (!request.url?.startsWith("/interaction/")) return answer(request, response);
      await provider.interactionFinished(request, response, { login: { accountId: who } });
    });
  }
  return {
    issuer: new URL(issuer),
    /** Knows a client that is served at an origin. */
    know(clientId: string, origin: string) {
      clients.push({
        client_id: clientId,
        client_secret: SECRET,
        redirect_uris: [`${origin}/callback`],
        post_logout_redirect_uris: [`${origin}/signed-out`],
        response_types: ["code"],
        grant_types: ["authorization_code"],
        token_endpoint_auth_method: "client_secret_post",
      });
      open();
    },
    /** Who is signed in from now on. */
    signIn(account: string) {
      who = account;
    },
    /** Answers with ID tokens for another sign-in, or no longer. */
    spoilNonce(on: boolean) {
      spoilt = on;
    },
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

/** A browser, as far as sign-in needs one: it follows redirects and keeps cookies, by host and port. */
export class Browser {
  readonly #jars = new Map<string, Map<string, string>>();
  /** Every address that it went to. */
  readonly visited: string[] = [];

  async get(
    address: string,
    {
      stopAt = (_: URL) => false,
      ...more
    }: { stopAt?: (url: URL) => boolean; headers?: Record<string, string>; method?: string } = {},
  ): Promise<Response> {
    let url = new URL(address);
    for (let hops = 0; hops < 20; hops++) {
      this.visited.push(url.href);
      const answer = await fetch(url, {
        ...more,
        redirect: "manual",
        headers: { ...more.headers, cookie: this.cookie(url.origin) },
      });
      const jar = this.#jars.get(url.origin) ?? new Map<string, string>();
      this.#jars.set(url.origin, jar);
      for (const line of answer.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
        if (/max-age=0|expires=thu, 01 jan 1970/i.test(line) || value === "") jar.delete(name!);
        else jar.set(name!, value!);
      }
      const location = answer.headers.get("location");
      if (location === null || answer.status >= 400) return answer;
      url = new URL(location, url);
      if (stopAt(url)) return answer;
    }
    throw new Error("redirected without end");
  }

  cookie(origin: string): string {
    return [...(this.#jars.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  setCookie(origin: string, name: string, value: string): void {
    this.#jars.set(origin, (this.#jars.get(origin) ?? new Map()).set(name, value));
  }
}
