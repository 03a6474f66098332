import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log/log.ts";
import { createApp } from "./app.ts";
import type { PageAssets } from "./assets.ts";
import type { Picture } from "./picture/picture.ts";
import { originsOf } from "./security/origins.ts";
import { type PageServer, startPageServer } from "./server.ts";
import { sessionCookie } from "./sign-in/cookie.ts";
import { signInOnThisMachine } from "./sign-in/on-this-machine.ts";
import { Sessions } from "./sign-in/sessions.ts";

/** What a page is served with. */
export interface PageOptions {
  readonly picture: Picture;
  readonly assets: PageAssets;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Where whatever stands in front serves it. */
  readonly publicUrl?: URL | undefined;
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
      const signIn = signInOnThisMachine(sessions, sessionCookie(origins.shown));
      address = `${origins.shown}/?token=${signIn.token}`;
      const app = createApp({ picture, assets, origins, signIn, org, version, clock, log, signsIn: false });
      return (request) => app.fetch(request);
    },
  });
  return { address, stop: () => server.stop(), kill: () => server.kill() };
}
