import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log/log.ts";
import { createApp } from "./app.ts";
import type { PageAssets } from "./asset.ts";
import type { Picture } from "./picture/picture.ts";
import { originsOf } from "./security/origins.ts";
import { type PageServer, startPageServer } from "./server.ts";
import { signInByProvider } from "./sign-in/by-provider.ts";
import { type SessionCookie, sessionCookie } from "./sign-in/cookie.ts";
import { signInOnThisMachine } from "./sign-in/on-this-machine.ts";
import { Provider, type ProviderOptions } from "./sign-in/provider.ts";
import { namesGroups, type RoleLists } from "./sign-in/roles.ts";
import { Sessions } from "./sign-in/sessions.ts";
import type { SignIn } from "./sign-in/sign-in.ts";

/** What a page is served with. */
export interface PageOptions {
  readonly picture: Picture;
  readonly assets: PageAssets;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Where whatever stands in front serves it. */
  readonly publicUrl?: URL | undefined;
  /** Who signs people in; absent: whoever has the address with its token may do everything. */
  readonly provider?: Pick<ProviderOptions, "issuer" | "clientId" | "clientSecret" | "groupsClaim"> | undefined;
  /** Who has which role, where people sign in. */
  readonly roles?: RoleLists | undefined;
  readonly org: string;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** A page that is served. */
export interface ServedPage extends Omit<PageServer, "port"> {
  /** The address to open; with a token that lets one browser in where nobody signs in. */
  readonly address: string;
}

/** Serves a page. Throws a `Failure` of kind `usage` where it cannot listen. */
export async function servePage(options: PageOptions): Promise<ServedPage> {
  const { picture, assets, host, publicUrl, org, version, clock, log } = options;
  const sessions = new Sessions(clock);
  let address = "";
  const server = await startPageServer({
    host,
    port: options.port,
    answers: (port) => {
      const origins = originsOf({ host, port, publicUrl });
      const cookie = sessionCookie(origins.shown);
      const signIn = signInFor(options, origins.shown, cookie, sessions);
      address = `${origins.shown}/${"token" in signIn ? `?token=${signIn.token}` : ""}`;
      const signsIn = options.provider !== undefined;
      const app = createApp({ picture, assets, origins, signIn, org, version, clock, log, signsIn });
      return (request) => app.fetch(request);
    },
  });
  return { address, stop: () => server.stop(), kill: () => server.kill() };
}

function signInFor(
  { provider: known, roles = NOBODY, clock, log }: PageOptions,
  origin: string,
  cookie: SessionCookie,
  sessions: Sessions,
): SignIn | (SignIn & { token: string }) {
  if (known === undefined) return signInOnThisMachine(sessions, cookie);
  const provider = new Provider({
    ...known,
    callback: `${origin}/callback`,
    signedOut: `${origin}/signed-out`,
    wantsGroups: namesGroups(roles),
  });
  // What is wrong with it is better known before the first person comes.
  provider.discover().catch(() => {
    log.warn("the provider that signs people in cannot be asked yet", { issuer: known.issuer.href });
  });
  return signInByProvider({ provider, roles, sessions, cookie, origin, clock, log });
}

const NOBODY: RoleLists = { viewer: [], reviewer: [], owner: [] };
