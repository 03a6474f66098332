import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pageAssets } from "../../../../src/web/assets.ts";
import { served } from "../../served.ts";
import { lacksBrowser, observeShifts, openView, settled, shiftOf, startBrowser, violations } from "./browser.ts";

const HOSTILE = '"><script>document.title="owned"</script>\u202egnp';
const thing = (type: string, id: string, kind: string) => ({ type, id, name: `${HOSTILE} ${id}`, kind, known: true });
const SYNC = {
  id: "s1",
  type: "full",
  startedAt: "2026-11-24T13:50:00Z",
  endedAt: "2026-11-24T13:52:54Z",
  counts: null,
};
const COUNTS = { resources: 3, entitlements: 2, grants: 1, resourcesByType: {}, grantsByType: {} };
const OVERVIEW = {
  ...{ sync: SYNC, ageMs: 0, complete: false, missing: [HOSTILE], missingKnown: true, counts: COUNTS, history: [] },
  headline: { state: "working" },
  findings: { state: "notKnown", message: "no rules were given" },
  changes: { state: "notKnown", message: "there is no earlier sync" },
};
const HEADLINE = {
  ...{ people: 3, peopleByStatus: { ENABLED: 3 }, groups: 1, apps: 1, roles: 0, admins: null, grants: 1 },
  nonHuman: { total: 0, serviceAccounts: 0, apps: 0, secrets: 0, notKnown: ["API tokens were not read"] },
};

describe.skipIf(lacksBrowser !== "")(`what the page says when${lacksBrowser && ` (skipped: ${lacksBrowser})`}`, () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof served>>;
  let cookie: { name: string; value: string };
  let page: Page;

  beforeAll(async () => {
    [browser, server] = await Promise.all([startBrowser(), pageAssets().then((assets) => served({ assets }))]);
    const [name = "", value = ""] = (await server.visit()).cookie.split("=");
    cookie = { name, value };
  }, 30_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  beforeEach(async () => {
    const context = await browser.newContext({ reducedMotion: "reduce" });
    await context.addCookies([{ ...cookie, url: server.origin }]);
    await observeShifts(context);
    page = await context.newPage();
  });

  afterEach(() => page.context().close());

  /** Has the server answer so to what begins with `path`: one after the other, the last from then on. */
  async function answering(path: string, ...answers: readonly { status?: number; json: unknown }[]): Promise<void> {
    let at = 0;
    await page.route(
      (url) => url.pathname.startsWith(`/api/${path}`),
      (route) => route.fulfill(answers[Math.min(at++, answers.length - 1)]!),
    );
  }

  const open = async (hash = "#/") => {
    await page.goto(`${server.origin}/${hash}`);
    await settled(page);
  };
  const failed = (status: number, message: string) => ({ status, json: { error: { code: "failed", message } } });
  const list = (rows: readonly unknown[], more = {}) => ({ json: { rows, next: null, total: rows.length, ...more } });

  it("something is worked out: it waits, asks again, and moves nothing", async () => {
    await answering(
      "overview",
      { json: OVERVIEW },
      { json: { ...OVERVIEW, headline: { state: "ready", value: HEADLINE } } },
    );
    await open();
    expect(await page.locator(".headline-value").first().textContent()).toBe("3");
    expect(await shiftOf(page)).toBeLessThan(0.02);
  });

  it("something is not known: so, and never as none", async () => {
    await answering("overview", { json: { ...OVERVIEW, headline: { state: "ready", value: HEADLINE } } });
    await open();
    const numbers = await page.locator(".headline").allTextContents();
    expect(numbers.filter((one) => one.includes("Not known"))).toHaveLength(2);
    expect(numbers.find((one) => one.startsWith("Admins"))).not.toContain("0");
    expect(await page.locator("main").textContent()).toContain("Not known. No rules were given.");
    expect(await page.locator("main").textContent()).toContain("not everything could be read");
    expect(await violations(page)).toEqual([]);
  });

  it("nobody is signed in any more: what to do", async () => {
    await answering("session", failed(401, "start it again"));
    await open();
    expect(await page.locator("main").textContent()).toContain("Start it again.");
    expect(await violations(page)).toEqual([]);
  });

  it("the profile's fields are not known yet: columns of them are there to choose once they are", async () => {
    let asked = 0;
    await page.route("**/api/session", async (route) => {
      const session = (await (await route.fetch()).json()) as { types: { id: string }[] };
      const fields = ++asked === 1 ? null : ["costCenter"];
      await route.fulfill({ json: { ...session, types: session.types.map((type) => ({ ...type, fields })) } });
    });
    await open("#/people");
    await page.getByRole("button", { name: "Columns" }).click();
    await page.getByLabel("Cost center").check();
    expect(await page.getByRole("columnheader", { name: "Cost center" }).count()).toBe(1);
    expect(page.url()).toContain("profile.costCenter");
  });

  it("somebody is signed out while they look: so, in place of a table that fails", async () => {
    await open();
    await answering("resources", failed(401, "the session has ended"));
    await openView(page, "#/people");
    await page.getByRole("heading", { name: "You are not signed in" }).waitFor();
    expect(await page.locator("main").textContent()).toContain("The session has ended.");
  });

  it("an answer fails: why, and it can be asked again", async () => {
    await answering("resources", failed(500, "the disk is gone"), list([]));
    await open("#/people");
    expect(await page.getByRole("alert").textContent()).toContain("The disk is gone.");
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("No people with these filters").waitFor();
  });

  it("the program has ended: so", async () => {
    await open();
    await page.route("**/api/**", (route) => route.abort());
    await openView(page, "#/everything?q=x");
    expect(await page.getByRole("alert").textContent()).toContain("Is the program still running?");
  });

  it("names are scripts, in each place where names stand", async () => {
    const why = {
      direct: null,
      why: "not known",
      paths: [{ kind: "group", via: [thing("group", "g", "group")], knownBy: "deduced" }],
    };
    const row = {
      ...thing("user", "u", "person"),
      ...{ login: HOSTILE, email: HOSTILE, status: "ENABLED", statusDetail: HOSTILE, detail: HOSTILE, nonHuman: false },
      ...{ admin: true, lastSignIn: HOSTILE, createdAt: HOSTILE, held: 1, holders: 0, fields: {} },
    };
    const access = {
      entitlement: HOSTILE,
      entitlementName: HOSTILE,
      resource: thing("app", "a", "app"),
      privileged: true,
      ...why,
    };
    const finding = {
      ...{ rule: HOSTILE, title: HOSTILE, severity: "high", subject: thing("user", "u", "person"), what: HOSTILE },
      ...{ path: [thing("user", "u", "person"), thing("group", "g", "group")], fingerprint: "f" },
    };
    const change = {
      ...{
        change: "changed",
        what: "resource",
        danger: HOSTILE,
        text: HOSTILE,
        principal: thing("user", "u", "person"),
      },
      ...{
        resource: null,
        entitlement: null,
        entitlementName: null,
        fields: [{ name: HOSTILE, before: null, after: HOSTILE }],
      },
    };
    const node = (one: object, layer: number) => ({
      ...thing("user", "u", "person"),
      ...one,
      layer,
      privileged: true,
      note: HOSTILE,
    });
    await page.route("**/api/session", async (route) => {
      const session = await (await route.fetch()).json();
      await route.fulfill({ json: { ...session, views: { ...session.views, findings: true, changes: true } } });
    });
    await answering("resources", list([row]));
    await answering("resources/user/u", {
      json: {
        ...row,
        ...{ typeName: HOSTILE, description: HOSTILE, profile: [{ name: HOSTILE, value: HOSTILE }], entitlements: [] },
        ...{ related: [{ label: HOSTILE, thing: thing("user", "m", "person") }], entitlementsTotal: 0 },
        ...{ findings: { state: "ready", value: [finding] }, seen: { first: SYNC, last: SYNC, syncs: 1 } },
      },
    });
    await answering("resources/user/u/access", list([access]));
    await answering("resources/user/u/graph", {
      json: {
        nodes: [node({ key: "user:u" }, 0), node({ key: "user:v", id: "v" }, 1)],
        edges: [{ from: "user:u", to: "user:v", kind: "reaches", label: HOSTILE, knownBy: "unknown" }],
        leftOut: [{ kind: "app", count: 7 }],
      },
    });
    await answering("findings", list([finding], { state: "ready", counts: null, rules: [] }));
    await answering("changes", list([change], { state: "ready", counts: null, from: SYNC, to: SYNC }));
    await answering("admins", {
      json: {
        ...{ admins: 1, leftOut: 1, notKnown: [HOSTILE], roles: [] },
        flows: [{ kind: "group", via: thing("group", "g", "group"), role: thing("role", "r", "role"), people: 1 }],
      },
    });
    const views = [
      "#/people",
      "#/thing/user/u",
      "#/findings",
      "#/changes",
      "#/admins",
      `#/search?q=${encodeURIComponent(HOSTILE)}`,
    ];
    const tabs = ["picture", "profile", "findings"].map((tab) => `#/thing/user/u?tab=${tab}`);
    await open("#/groups");
    for (const hash of [...views, ...tabs]) {
      await openView(page, hash);
      const text = (await page.locator("main").textContent()) ?? "";
      expect(text, hash).toContain('"><script>document.title=');
      // What turns a line round is shown as what does not belong.
      expect(text, hash).not.toContain("\u202e");
      expect(await page.locator("main script").count(), hash).toBe(0);
      expect(await page.title(), hash).not.toBe("owned");
      expect(await violations(page), hash).toEqual([]);
    }
  });
});
