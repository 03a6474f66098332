import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Clock } from "../../../src/runtime/clock.ts";
import { Secret } from "../../../src/runtime/secrets/secret.ts";
import { SESSION_LIMITS } from "../../../src/web/sign-in/sessions.ts";
import { served } from "../served.ts";
import { Browser, SECRET, startProvider } from "./provider.ts";

const ACCOUNTS = {
  vera: { email: "vera@acme.example", email_verified: true, name: "Vera <b>Viewer</b>", groups: ["Security"] },
  rob: { email: "Rob@acme.example", email_verified: true, name: "Rob" },
  olga: { email: "olga@acme.example", email_verified: true, groups: ["Everyone", "Governance"] },
  eve: { email: "eve@acme.example", email_verified: true, groups: ["Everyone"] },
  // Says that it is Rob, and nobody has checked that.
  mallory: { email: "rob@acme.example", email_verified: false },
};

const time = { ms: Date.now() };
const clock: Clock = { now: () => time.ms, sleep: async () => {} };
let provider: Awaited<ReturnType<typeof startProvider>>;
let site: Awaited<ReturnType<typeof served>>;

beforeAll(async () => {
  provider = await startProvider(ACCOUNTS);
  provider.know("nobody", "http://127.0.0.1:1");
  site = await served({
    clock,
    provider: { issuer: provider.issuer, clientId: "page", clientSecret: new Secret(SECRET), groupsClaim: "groups" },
    roles: { viewer: ["Security"], reviewer: ["rob@acme.example"], owner: ["Governance"] },
  });
  provider.know("page", site.origin);
});
afterAll(async () => {
  await site.close();
  await provider.close();
});

async function signedIn(account: keyof typeof ACCOUNTS) {
  provider.signIn(account);
  const browser = new Browser();
  const landed = await browser.get(`${site.origin}/`);
  return { browser, landed };
}

const session = async (browser: Browser) => (await browser.get(`${site.origin}/api/session`)).json();

/** Somebody on the way back from the provider. */
async function returning(account: keyof typeof ACCOUNTS = "vera") {
  provider.signIn(account);
  const browser = new Browser();
  const stopped = await browser.get(`${site.origin}/sign-in`, { stopAt: (url) => url.pathname === "/callback" });
  return { browser, back: new URL(stopped.headers.get("location")!) };
}

async function refused(browser: Browser, address: string | URL) {
  const answer = await browser.get(String(address));
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain("You are not signed in");
  expect((await browser.get(`${site.origin}/api/session`)).status).toBe(401);
}

describe("signing in at a provider", () => {
  it("asks whoever comes, lets in who has a role, and says who it is", async () => {
    const { browser, landed } = await signedIn("vera");
    expect(landed.status).toBe(200);
    expect(await landed.text()).toContain('http-equiv="refresh" content="0;url=/"');
    const asked = new URL(browser.visited.find((url) => url.startsWith(`${provider.issuer}auth?`))!).searchParams;
    expect(asked.get("code_challenge_method")).toBe("S256");
    for (const name of ["state", "nonce", "code_challenge"]) expect(asked.get(name)!.length).toBeGreaterThan(20);
    expect(asked.get("scope")).toBe("openid profile email groups");
    expect(await session(browser)).toMatchObject({
      user: { name: "Vera <b>Viewer</b>", email: "vera@acme.example" },
      roles: ["viewer"],
      views: { explore: true, signOut: true },
    });
    expect((await browser.get(`${site.origin}/api/overview`)).status).toBe(200);
    expect((await browser.get(`${site.origin}/`)).status).toBe(200);
  });

  it("gives roles by groups and by emails that were checked", async () => {
    expect((await session((await signedIn("olga")).browser)).roles).toEqual(["owner"]);
    expect((await session((await signedIn("rob")).browser)).roles).toEqual(["reviewer"]);
    for (const nobody of ["eve", "mallory"] as const) {
      const { browser, landed } = await signedIn(nobody);
      expect(landed.status).toBe(403);
      expect(await landed.text()).toContain("has no role");
      expect((await browser.get(`${site.origin}/api/session`)).status).toBe(401);
    }
  });

  it("shows who may only review nothing of the snapshot", async () => {
    const { browser } = await signedIn("rob");
    expect(await session(browser)).toMatchObject({ sync: null, syncs: [], types: [], views: { explore: false } });
    for (const path of ["overview", "search?q=a", "resources", "resources/user/x", "compare", "admins", "findings"]) {
      expect((await browser.get(`${site.origin}/api/${path}`)).status, path).toBe(403);
    }
  });

  it("has no token in any address", async () => {
    expect(site.page.address).toBe(`${site.origin}/`);
    expect((await new Browser().get(`${site.origin}/?token=x`, { stopAt: () => true })).status).toBe(303);
  });
});

describe("what comes back from the provider", () => {
  it("is taken once", async () => {
    const { browser, back } = await returning();
    expect((await browser.get(back.href)).status).toBe(200);
    const other = new Browser();
    await refused(other, back);
  });

  it("is refused with another state", async () => {
    const { browser, back } = await returning();
    back.searchParams.set("state", "another-state-of-the-same-length-as-before");
    await refused(browser, back);
  });

  it("is refused in another browser", async () => {
    const { back } = await returning();
    const { browser } = await returning();
    await refused(browser, back);
  });

  it("is refused without a sign-in that was begun, or with one that was made up", async () => {
    const { back } = await returning();
    await refused(new Browser(), back);
    const forger = new Browser();
    forger.setCookie(site.origin, "baton-okta-sign-in", "eyJhbGciOiJub25lIn0.e30.");
    await refused(forger, back);
  });

  it("is refused with an ID token for another sign-in (nonce)", async () => {
    provider.spoilNonce(true);
    const { browser, back } = await returning();
    provider.spoilNonce(false);
    await refused(browser, back);
  });

  it("is refused with the code of another sign-in", async () => {
    const first = await returning();
    const second = await returning();
    second.back.searchParams.set("code", first.back.searchParams.get("code")!);
    await refused(second.browser, second.back);
  });

  it("is refused when it took too long", async () => {
    const { browser, back } = await returning();
    time.ms += 601_000;
    await refused(browser, back);
  });

  it("is told where the provider refused", async () => {
    const { browser, back } = await returning();
    const { searchParams } = back;
    searchParams.delete("code");
    searchParams.set("error", "access_denied");
    searchParams.set("error_description", "<script>alert(1)</script>");
    const answer = await browser.get(back.href);
    expect(answer.status).toBe(400);
    expect(await answer.text()).not.toContain("<script>");
  });
});

describe("a session", () => {
  it("is a new one after each sign-in", async () => {
    const { browser } = await signedIn("vera");
    const before = browser.cookie(site.origin);
    await browser.get(`${site.origin}/sign-in`);
    expect(browser.cookie(site.origin)).not.toBe(before);
    const old = await fetch(`${site.origin}/api/session`, { headers: { cookie: before } });
    expect(old.status).toBe(401);
  });

  it("ends when it is not used", async () => {
    const { browser } = await signedIn("vera");
    time.ms += SESSION_LIMITS.idleMs;
    expect((await browser.get(`${site.origin}/api/session`)).status).toBe(401);
  });

  it("ends here and at the provider when somebody leaves", async () => {
    const { browser } = await signedIn("vera");
    const { csrf } = await session(browser);
    const cookie = browser.cookie(site.origin);
    const leave = (headers: Record<string, string>) =>
      browser.get(`${site.origin}/api/sign-out`, { method: "POST", headers });
    expect((await leave({ origin: site.origin })).status).toBe(403);
    const answer = await leave({ origin: site.origin, "x-csrf-token": csrf });
    const { next } = await answer.json();
    const there = new URL(next);
    expect(there.origin).toBe(provider.issuer.origin);
    expect(there.searchParams.get("post_logout_redirect_uri")).toBe(`${site.origin}/signed-out`);
    expect((await fetch(`${site.origin}/api/session`, { headers: { cookie } })).status).toBe(401);
  });
});

describe("a provider that cannot be reached", () => {
  it("is told, and asked again the next time", async () => {
    const own = await served({
      provider: {
        issuer: new URL("http://127.0.0.1:9"),
        clientId: "page",
        clientSecret: undefined,
        groupsClaim: "groups",
      },
      roles: { viewer: ["*"], reviewer: [], owner: [] },
    });
    try {
      const answer = await new Browser().get(`${own.origin}/`);
      expect(answer.status).toBe(503);
      expect(await answer.text()).toContain("cannot be reached");
    } finally {
      await own.close();
    }
  });
});
