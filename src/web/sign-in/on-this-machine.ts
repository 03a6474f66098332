import { goOn, looksAhead } from "./arrival.ts";
import type { SessionCookie } from "./cookie.ts";
import { OneTimeToken } from "./one-time-token.ts";
import { plainPage } from "./plain-page.ts";
import type { Identity, Sessions } from "./sessions.ts";
import type { SignIn } from "./sign-in.ts";

/** Whoever has the address with its token may do everything: it is printed for the one who started the program. */
const WHOEVER: Identity = { subject: "", name: "", email: "", roles: ["viewer", "reviewer", "owner"] };

const AGAIN = "Open the address that the program printed. It lets one browser in, once.";
const RESTART = "Stop the program and start it again to get a new one.";

/** Lets in who brings the token of the address, once; everybody else gets a page that says what to do. */
export function signInOnThisMachine(
  sessions: Sessions,
  cookie: SessionCookie,
  token = new OneTimeToken(),
): SignIn & { token: string } {
  const sessionOf: SignIn["sessionOf"] = (c) => {
    const id = cookie.read(c);
    return id === undefined ? undefined : sessions.find(id);
  };
  return {
    token: token.text,
    needed: "this needs the address that the program printed",
    sessionOf,
    unknown: (c) => plainPage(c, 401, "Not signed in", [AGAIN, RESTART]),
    begin: (c) => {
      if (looksAhead(c)) return c.body(null, 204);
      if (token.use(c.req.query("token") ?? "")) {
        cookie.write(c, sessions.begin(WHOEVER).id, sessions.maxMs);
        return goOn(c);
      }
      // Whoever is in already and goes back to the address stays in.
      if (sessionOf(c) !== undefined) return goOn(c);
      return plainPage(c, 403, "This address is of no use any more", [
        "It was used before, or it is not whole.",
        RESTART,
      ]);
    },
    end: (c) => c.text("Nobody signs in here.\n", 404),
    leave: (c) => {
      const id = cookie.read(c);
      if (id !== undefined) sessions.end(id);
      cookie.drop(c);
      return c.json({ next: "/" });
    },
  };
}
