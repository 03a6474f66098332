import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SESSION_LIMITS, Sessions } from "../../../src/web/sign-in/sessions.ts";
import { served } from "../served.ts";

let site: Awaited<ReturnType<typeof served>>;
beforeAll(async () => {
  site = await served();
});
afterAll(() => site.close());

const once = (address: string, headers = {}) => fetch(address, { redirect: "manual", headers });

describe("the address with its token", () => {
  it("lets one browser in, and nobody a second time", async () => {
    const own = await served();
    try {
      const first = await once(own.page.address);
      expect(first.status).toBe(303);
      expect(first.headers.get("location")).toBe("/");
      const cookie = first.headers.get("set-cookie")!;
      expect(cookie).toMatch(/HttpOnly/);
      expect(cookie).toMatch(/SameSite=Strict/);
      expect(cookie).toMatch(/Path=\//);
      const again = await once(own.page.address);
      expect(again.status).toBe(403);
      expect(again.headers.get("set-cookie")).toBeNull();
      expect(await again.text()).toContain("start it again");
      // Who is in stays in.
      expect((await once(own.page.address, { cookie: cookie.split(";")[0]! })).status).toBe(303);
    } finally {
      await own.close();
    }
  });

  it("lets in who clicked on it in a page elsewhere, whose redirects carry no cookie", async () => {
    const own = await served();
    try {
      const first = await once(own.page.address, { "sec-fetch-site": "cross-site" });
      expect(first.status).toBe(200);
      expect(first.headers.get("set-cookie")).toMatch(/SameSite=Strict/);
      expect(await first.text()).toContain('<meta http-equiv="refresh" content="0;url=/">');
    } finally {
      await own.close();
    }
  });

  it("is not used up by what only looks ahead", async () => {
    const own = await served();
    try {
      expect(
        (await fetch(own.page.address, { method: "HEAD", redirect: "manual" })).headers.get("set-cookie"),
      ).toBeNull();
      const ahead = await once(own.page.address, { "sec-purpose": "prefetch;prerender" });
      expect(ahead.headers.get("set-cookie")).toBeNull();
      expect((await once(own.page.address)).status).toBe(303);
    } finally {
      await own.close();
    }
  });

  it.each(["", "x", "A".repeat(43), "%00", "%F0%9F%92%A9", "a".repeat(5000)])(
    "is refused where it is guessed: %s",
    async (guess) => {
      for (const path of ["/?token=", "/sign-in?token="]) {
        const answer = await once(`${site.origin}${path}${guess}`);
        expect(answer.status).toBe(403);
        expect(answer.headers.get("set-cookie")).toBeNull();
      }
    },
  );

  it("is needed for everything that tells something", async () => {
    expect((await once(`${site.origin}/`)).status).toBe(401);
    for (const path of ["session", "overview", "search?q=a", "resources", "resources/user/x"]) {
      const answer = await once(`${site.origin}/api/${path}`);
      expect(answer.status, path).toBe(401);
      expect((await answer.json()).error.code).toBe("signInNeeded");
    }
  });

  it("cannot be told from others by a made-up session", async () => {
    const name = `baton-okta-${new URL(site.origin).port}`;
    for (const value of ["", "x", "A".repeat(43), "__proto__", "A".repeat(8000)]) {
      expect((await once(`${site.origin}/api/session`, { cookie: `${name}=${value}` })).status).toBe(401);
    }
  });
});

describe("sessions", () => {
  const who = { subject: "a", name: "", email: "", roles: [] };
  const at = (now: { ms: number }) => ({ now: () => now.ms, sleep: async () => {} });

  it("end when they are not used, after a time in any case, and when somebody leaves", () => {
    const now = { ms: 0 };
    const sessions = new Sessions(at(now));
    const idle = sessions.begin(who).id;
    const used = sessions.begin(who).id;
    const left = sessions.begin(who).id;
    sessions.end(left);
    expect(sessions.find(left)).toBeUndefined();
    now.ms = SESSION_LIMITS.idleMs - 1;
    expect(sessions.find(used)).toBeDefined();
    now.ms = SESSION_LIMITS.idleMs;
    expect(sessions.find(idle)).toBeUndefined();
    for (; now.ms < SESSION_LIMITS.maxMs; now.ms += 60_000) expect(sessions.find(used)).toBeDefined();
    expect(sessions.find(used)).toBeUndefined();
  });

  it("are bounded, of all people and of one: the oldest gives way", () => {
    const sessions = new Sessions(at({ ms: 0 }), { maxMs: 10, idleMs: 10, max: 4, maxOfOne: 2 });
    const mine = [1, 2, 3].map(() => sessions.begin(who).id);
    expect(mine.map((id) => sessions.find(id) !== undefined)).toEqual([false, true, true]);
    const others = [1, 2, 3, 4].map((n) => sessions.begin({ ...who, subject: `b${n}` }).id);
    expect(mine.map((id) => sessions.find(id) !== undefined)).toEqual([false, false, false]);
    expect(others.every((id) => sessions.find(id) !== undefined)).toBe(true);
  });
});
