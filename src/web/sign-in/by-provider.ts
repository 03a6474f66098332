import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log/log.ts";
import type { SessionCookie } from "./cookie.ts";
import { plainPage } from "./plain-page.ts";
import type { Provider, SignedIn } from "./provider.ts";
import { type RoleLists, rolesOf } from "./roles.ts";
import { SealedStates, SIGN_IN_SECONDS, type SignInState } from "./sealed-state.ts";
import type { Sessions } from "./sessions.ts";
import type { SignIn } from "./sign-in.ts";

/** What people are signed in with. */
export interface ByProviderDeps {
  readonly provider: Provider;
  readonly roles: RoleLists;
  readonly sessions: Sessions;
  readonly cookie: SessionCookie;
  /** The page's own, as `https://access.acme.example`. */
  readonly origin: string;
  readonly clock: Clock;
  readonly log: Log;
}

const TRY_AGAIN = { href: "/sign-in", text: "Sign in" };

/** Lets in whom an OpenID Connect provider signs in, with the roles that the lists give. */
export function signInByProvider(deps: ByProviderDeps): SignIn {
  const { provider, roles, sessions, cookie, origin, clock, log } = deps;
  const states = new SealedStates(clock);
  const secure = origin.startsWith("https:");
  const stateCookie = `${secure ? "__Secure-" : ""}baton-okta-sign-in`;
  // The provider's site sends people here, so this one cookie has to come along from there.
  const stateOptions = { path: "/callback", httpOnly: true, secure, sameSite: "Lax" } as const;

  const failed = (c: Context, why: string, error?: unknown) => {
    log.warn("a sign-in failed", { why, ...(error !== undefined && { reason: reasonOf(error) }) });
    return plainPage(c, 400, "You are not signed in", [`${why}.`], TRY_AGAIN);
  };

  async function stateOf(c: Context): Promise<SignInState | undefined> {
    const sealed = getCookie(c, stateCookie);
    deleteCookie(c, stateCookie, stateOptions);
    return sealed === undefined ? undefined : await states.open(sealed);
  }

  function enter(
    c: Context,
    { subject, name, email, emailVerified, groups, idToken }: SignedIn,
  ): Response | Promise<Response> {
    const own = rolesOf({ email, emailVerified, groups }, roles);
    const before = cookie.read(c);
    if (before !== undefined) sessions.end(before);
    if (own.length === 0) {
      log.warn("somebody signed in who has no role", { subject });
      cookie.drop(c);
      const explanation = "Your account has no role here. Ask whoever runs this page to give you one.";
      return plainPage(c, 403, "You may not look at this", [explanation], {
        href: "/sign-in",
        text: "Sign in as somebody else",
      });
    }
    cookie.write(c, sessions.begin({ subject, name, email, roles: own }, idToken).id, sessions.maxMs);
    log.info("signed in", { subject, roles: own.join(" ") });
    // A redirect would still count as the provider's, which is another site: the cookie would stay behind.
    return plainPage(c, 200, "You are signed in", [], { href: "/", text: "Go on", now: true });
  }

  return {
    needed: "sign in first",
    sessionOf: (c) => {
      const id = cookie.read(c);
      return id === undefined ? undefined : sessions.find(id);
    },
    unknown: (c) => c.redirect("/sign-in", 303),
    async begin(c) {
      try {
        const { url, state } = await provider.begin();
        setCookie(c, stateCookie, await states.seal(state), { ...stateOptions, maxAge: SIGN_IN_SECONDS });
        return c.redirect(url.href, 303);
      } catch (error) {
        log.error("the provider that signs people in cannot be asked", { reason: reasonOf(error) });
        const explanation = "The provider that signs people in cannot be reached. Try again in a minute.";
        return plainPage(c, 503, "You cannot sign in now", [explanation], TRY_AGAIN);
      }
    },
    async end(c) {
      const state = await stateOf(c);
      if (state === undefined) return failed(c, "This sign-in was not begun in this browser, or it took too long");
      const returned = new URL(new URL(c.req.url).search, `${origin}/callback`);
      let who: SignedIn;
      try {
        who = await provider.end(returned, state);
      } catch (error) {
        return failed(c, "The provider's answer is not the one to this sign-in", error);
      }
      return enter(c, who);
    },
    async leave(c) {
      const id = cookie.read(c);
      const session = id === undefined ? undefined : sessions.find(id);
      if (id !== undefined) sessions.end(id);
      cookie.drop(c);
      const at = session?.idToken && (await provider.leave(session.idToken).catch(() => undefined));
      return c.json({ next: at ? at.href : "/signed-out" });
    },
  };
}

/** What of an error of the provider is logged: its code and words, which hold no token. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { code, error: said, message } = error as Error & { code?: unknown; error?: unknown };
  return [said, code, message].filter((text) => typeof text === "string" && text !== "").join(": ");
}
