import { gzipSync } from "node:zlib";
import { type Context, Hono } from "hono";
import { isFailure } from "../runtime/failure.ts";
import type { Log } from "../runtime/log/log.ts";
import { type ApiDeps, answerApi, type Endpoint } from "./api/endpoint.ts";
import { mayExplore, sessionAnswer } from "./api/endpoints/session.ts";
import { EXPLORE_ENDPOINTS } from "./api/endpoints.ts";
import type { Asset, PageAssets } from "./asset.ts";
import { PageError } from "./page-error.ts";
import { SECURITY_HEADERS, STRICT_TRANSPORT } from "./security/headers.ts";
import type { Origins } from "./security/origins.ts";
import { refuseForeign, refuseLargeBodies, refuseOtherHosts } from "./security/requests.ts";
import { plainPage } from "./sign-in/plain-page.ts";
import type { PageSession } from "./sign-in/sessions.ts";
import type { SignIn } from "./sign-in/sign-in.ts";

/** What the page is served with. */
export interface AppDeps extends ApiDeps {
  readonly assets: PageAssets;
  readonly origins: Origins;
  readonly signIn: SignIn;
  readonly log: Log;
}

/** What handlers hand on. */
type Env = { Variables: { session: PageSession } };

/** The largest body of a request, in bytes: a screen of decisions. */
const MAX_BODY = 256 * 1024;

/** The page as a function from requests to answers. */
export function createApp(deps: AppDeps): Hono<Env> {
  const { assets, origins, signIn, log } = deps;
  const app = new Hono<Env>();

  app.use(async (c, next) => {
    const secure: Record<string, string> = origins.shown.startsWith("https:") ? STRICT_TRANSPORT : {};
    // Said before, so that what fails has them too.
    for (const [name, value] of Object.entries({ ...SECURITY_HEADERS, ...secure })) c.header(name, value);
    c.header("Cache-Control", "no-store");
    await next();
  });
  app.use(refuseOtherHosts(origins));
  app.use(refuseLargeBodies(MAX_BODY));

  app.get("/", async (c) => {
    if (c.req.query("token") !== undefined) return signIn.begin(c);
    return signIn.sessionOf(c) === undefined ? signIn.unknown(c) : serve(c, assets.html);
  });
  app.get("/assets/:name", (c) => {
    const { path } = c.req;
    if (!Object.hasOwn(assets.files, path)) return c.text("There is no such file.\n", 404);
    // The name changes with the content.
    c.header("Cache-Control", "private, max-age=31536000, immutable");
    return packed(c, assets.files[path]!);
  });
  app.get("/robots.txt", (c) => c.text("User-agent: *\nDisallow: /\n"));
  app.get("/sign-in", (c) => signIn.begin(c));
  app.get("/callback", (c) => signIn.end(c));
  app.get("/signed-out", (c) => plainPage(c, 200, "You are signed out", [], { href: "/", text: "Sign in again" }));

  app.use(
    "/api/*",
    refuseForeign(origins, (c) => signIn.sessionOf(c)?.csrf),
  );
  app.use("/api/*", async (c, next) => {
    const session = signIn.sessionOf(c);
    if (session === undefined) refuse("signInNeeded", signIn.needed);
    c.set("session", session);
    await next();
  });
  app.get("/api/session", (c) => c.json(sessionAnswer(c.get("session"), deps)));
  app.post("/api/sign-out", (c) => signIn.leave(c));
  for (const [path, endpoint] of EXPLORE_ENDPOINTS) app.get(path, (c) => explore(c, endpoint));

  function explore(c: Context<Env>, endpoint: Endpoint): Promise<Response> {
    const session = c.get("session");
    if (!mayExplore(session.identity.roles)) {
      refuse("notAllowed", "you may see what is to be reviewed by you, not everything");
    }
    return answerApi(c, session, endpoint, deps);
  }

  app.notFound((c) => {
    if (!c.req.path.startsWith("/api/")) return c.text("There is nothing here. Begin at /\n", 404);
    // Only what is not GET comes here although its path is known.
    const known = c.req.method !== "GET" && c.req.method !== "HEAD";
    const error = known
      ? new PageError("methodNotAllowed", `${c.req.method} is not for this address`)
      : new PageError("notFound", "there is nothing at this address");
    return c.json(error.body, error.status);
  });
  app.onError((error, c) => {
    const answer = pageErrorOf(error);
    if (answer.status === 500) log.error("a request of the page failed", { path: c.req.path, error });
    // What else comes of the request is not read: the connection cannot be used any more.
    if (answer.code === "tooLarge") c.header("Connection", "close");
    return c.json(answer.body, answer.status);
  });
  return app;
}

const compressed = new WeakMap<Asset, Buffer<ArrayBuffer>>();

/** A file, compressed where the browser takes that: it holds nothing that is secret. */
function packed(c: Context, asset: Asset): Response {
  c.header("Vary", "Accept-Encoding");
  if (!/\bgzip\b/.test(c.req.header("accept-encoding") ?? "")) return serve(c, asset);
  const bytes = compressed.get(asset) ?? gzipSync(asset.text);
  compressed.set(asset, bytes);
  c.header("Content-Type", asset.type);
  c.header("Content-Encoding", "gzip");
  return c.body(bytes);
}

function serve(c: Context, { type, text }: Asset): Response {
  c.header("Content-Type", type);
  return c.body(text);
}

function refuse(code: PageError["code"], message: string): never {
  throw new PageError(code, message);
}

/** What whoever asked may know of an error: only failures have texts that are known to hold no secret. */
function pageErrorOf(error: unknown): PageError {
  if (error instanceof PageError) return error;
  if (isFailure(error, "notFound")) return new PageError("notFound", error.message);
  if (isFailure(error, "usage") || isFailure(error, "invalidArgument"))
    return new PageError("badRequest", error.message);
  if (isFailure(error)) return new PageError("failed", error.message);
  return new PageError("failed", "something went wrong; the program's log says more");
}
