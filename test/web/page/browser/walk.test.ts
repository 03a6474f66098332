import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  lacksBrowser,
  observeShifts,
  openView,
  overflow,
  settled,
  shiftOf,
  startBrowser,
  tabTo,
  violations,
  type Watched,
  watch,
} from "./browser.ts";
import { type Explored, explored } from "./explore.ts";
import { SCRIPT_NAME, snapshotOfTwoSyncs } from "./org.ts";

/** A page may move by itself by so much of the window. Source: web.dev, Cumulative Layout Shift, of which 0.1 is good. */
const MAX_SHIFT = 0.02;

/** Every view by its address. `$person`, `$app`, `$group` and `$role` are ids of the org. */
const VIEWS: readonly (readonly [name: string, hash: string])[] = [
  ["the overview", "#/"],
  ["people", "#/people"],
  ["everything", "#/everything?sort=holders&desc=true"],
  ["what is no person", "#/non-human"],
  ["search", "#/search?q=a"],
  ["a person", "#/thing/user/$person"],
  ["a person's paths", "#/thing/user/$person?tab=picture"],
  ["a person's profile", "#/thing/user/$person?tab=profile"],
  ["an app's holders", "#/thing/app/$app?tab=holders"],
  ["a group over time", "#/thing/group/$group?tab=history"],
  ["a role's holders", "#/thing/role/$role?tab=holders"],
  ["two people", "#/compare?left=user:$person&right=user:$other"],
  ["nobody to compare", "#/compare"],
  ["changes", "#/changes"],
  ["findings", "#/findings"],
  ["rules", "#/findings?tab=rules"],
  ["admins", "#/admins"],
  ["nothing", "#/no-such-view"],
  ["somebody who is not there", "#/thing/user/nobody"],
];

describe.skipIf(lacksBrowser !== "")(`the page in a browser${lacksBrowser && ` (skipped: ${lacksBrowser})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "baton-okta-page-"));
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let served: Explored;
  let watched: Watched;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    const [started, file] = await Promise.all([startBrowser(), snapshotOfTwoSyncs(folder)]);
    browser = started;
    served = await explored(file, "--org", "acme.example");
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
    watched = watch(context);
    await observeShifts(context);
    page = await context.newPage();
    await page.goto(served.address);
    await settled(page);
    const rows = async (query: string) => {
      const answer = await page.request.get(`${served.origin}/api/resources?${query}`);
      return ((await answer.json()) as { rows: { id: string }[] }).rows.map(({ id }) => id);
    };
    const [person = "", other = ""] = await rows("type=user&admin=true&sort=held&desc=true&limit=2");
    Object.assign(ids, { person, other });
    for (const type of ["app", "group", "role"]) {
      [ids[type] = ""] = await rows(`type=${type}&sort=holders&desc=true&limit=1`);
    }
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await served?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const at = (hash: string) => hash.replace(/\$(\w+)/g, (_, name: string) => ids[name]!);

  it("is let in by its address once, which does not stay in the address bar", async () => {
    expect(page.url()).not.toContain("token");
    expect(await page.title()).toBe("Overview · acme.example");
    const answer = await fetch(served.address, { redirect: "manual" });
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });

  it("finds anybody by the keyboard alone, and goes there", async () => {
    await openView(page, "#/groups");
    await page.keyboard.press("/");
    await page.keyboard.type("mallory");
    const hit = page.locator(".hits:not([hidden]) .hit").first();
    await hit.waitFor();
    expect(await hit.textContent()).toContain("mallory@acme.example");
    await page.keyboard.press("ArrowDown");
    expect(await hit.getAttribute("aria-selected")).toBe("true");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => location.hash.startsWith("#/thing/user/"));
    await settled(page);
    expect(await page.getByRole("combobox").first().inputValue()).toBe("");
  });

  it("shows names as text, whatever they are", async () => {
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toContain(SCRIPT_NAME);
    expect(await page.title()).toContain("<img src=x");
    expect(await page.locator("main script, main img").count()).toBe(0);
  });

  it("filters, sorts and turns pages, and keeps all of it in the address", async () => {
    await openView(page, "#/people");
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByText(/^26–50 of/).waitFor();
    const second = await page.locator("tbody th").first().textContent();
    await page.reload();
    await settled(page);
    expect(await page.locator("tbody th").first().textContent()).toBe(second);
    await page.getByRole("button", { name: "Holds" }).click();
    await page.getByText(/^1–25 of/).waitFor();
    await settled(page);
    const held = await page.locator("tbody td.numeric:last-child").allTextContents();
    expect(held.map(Number)).toEqual(held.map(Number).toSorted((a, b) => b - a));
    await page.getByLabel("Name, login or id").fill("mallory");
    await page.getByText("1–1 of 1 person").waitFor();
    expect(page.url()).toContain("q=mallory");
    await page.getByRole("button", { name: "Columns" }).click();
    await page.getByLabel("Id", { exact: true }).check();
    expect(await page.getByRole("columnheader").allTextContents()).toContain("Id");
    await page.keyboard.press("Escape");
    expect(await page.getByLabel("Id", { exact: true }).count()).toBe(0);
  });

  it("exports what one sees", async () => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Export" }).click(),
    ]);
    const lines = readFileSync(await download.path(), "utf8")
      .trim()
      .split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain("mallory@acme.example");
  });

  it("shows what a person can reach, each step of why a link", async () => {
    await openView(page, at("#/thing/user/$person"));
    const row = page.locator("tbody tr", { hasText: "through" }).first();
    await row.locator(".way a").first().click();
    await settled(page);
    expect(page.url()).toContain("#/thing/group/");
    expect(
      await page
        .getByRole("navigation", { name: /What is known/ })
        .getByRole("link")
        .first()
        .textContent(),
    ).toBe("Who holds it");
    await page.goBack();
    await settled(page);
    await page.getByRole("link", { name: "Picture" }).click();
    await page.locator("a.node.is-root").waitFor();
    const drawn = await page.locator(".node-name").allTextContents();
    await page.getByText("The same as a table").click();
    const told = await page.locator("main table").textContent();
    expect(drawn.filter((name) => !told!.includes(name))).toEqual([]);
  });

  it("shows who holds an app and why", async () => {
    await openView(page, at("#/thing/app/$app?tab=holders"));
    expect(await page.locator("tbody .way").count()).toBeGreaterThan(1);
    await page.getByLabel("How").selectOption("true");
    await settled(page);
    const ways = await page.locator("tbody td[data-label=Why]").allTextContents();
    expect(ways.filter((way) => !way.includes("Directly"))).toEqual([]);
  });

  it("shows two people side by side, found by typing", async () => {
    await openView(page, at("#/compare?left=user:$person"));
    await page.getByRole("combobox", { name: /Right/ }).fill("mallory");
    await page.locator(".hits:not([hidden]) .hit").first().click();
    await page.locator("tbody tr").first().waitFor();
    expect(page.url()).toContain("right=user");
    await page.getByRole("button", { name: /^Both/ }).click();
    await settled(page);
    expect(await page.locator("tbody .not-held").count()).toBe(0);
  });

  it("shows what changed between two syncs, the most dangerous first", async () => {
    await openView(page, "#/changes");
    const dangers = await page.locator("tbody td[data-label=Danger]").allTextContents();
    const order = ["Critical", "High", "Medium", "Low", "None"];
    expect(dangers.length).toBeGreaterThan(0);
    expect(dangers).toEqual(dangers.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
    const counts = await page.getByRole("group", { name: "Danger" }).textContent();
    expect(counts).toMatch(/All\d+/);
    await openView(page, "#/changes?change=changed");
    await page.locator(".disclosure summary").first().click();
    expect(await page.locator(".field-changes dd").first().isVisible()).toBe(true);
  });

  it("shows findings, and of each rule what to do", async () => {
    await openView(page, "#/findings");
    await page.locator("tbody th a").first().click();
    await page.getByRole("heading", { name: "What to do" }).waitFor();
    await openView(page, "#/findings?tab=rules");
    expect(await page.locator("tbody tr").count()).toBeGreaterThan(10);
  });

  it("is gone through by the keyboard: every view, a skip link, nothing that holds the focus", async () => {
    await openView(page, "#/");
    await page.reload();
    await settled(page);
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the content");
    for (const to of ["people", "admins", "changes", "findings"]) {
      await tabTo(page, `.navigation a[href="#/${to}"]`, to === "people" ? "Tab" : "Shift+Tab");
      await page.keyboard.press("Enter");
      // The view has the focus, so that whoever listens hears it from its beginning.
      await page.waitForFunction(
        (hash) => location.hash === hash && document.activeElement?.matches("main"),
        `#/${to}`,
      );
      await settled(page);
    }
  });

  it("remembers the theme that was chosen", async () => {
    await page.getByRole("radio", { name: "Dark" }).check({ force: true });
    await page.reload();
    await settled(page);
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
    await page.getByRole("radio", { name: "As the system" }).check({ force: true });
  });

  describe.each(VIEWS)("%s", (_, hash) => {
    it("has nothing that axe finds wrong, in light and wide, in dark and narrow, and moves nothing by itself", async () => {
      const view = await context.newPage();
      try {
        await view.goto(`${served.origin}/${at(hash)}`);
        await settled(view);
        expect(await shiftOf(view)).toBeLessThan(MAX_SHIFT);
        expect(await violations(view)).toEqual([]);
        await view.emulateMedia({ colorScheme: "dark" });
        await view.setViewportSize({ width: 320, height: 720 });
        expect(await overflow(view)).toBeLessThanOrEqual(0);
        expect(await violations(view)).toEqual([]);
      } finally {
        await view.close();
      }
    });
  });

  it("asked nobody but its server, and the browser complained of nothing", () => {
    expect([...watched.hosts]).toEqual(["127.0.0.1"]);
    const expected = /404 \(Not Found\)/;
    expect(watched.complaints.filter((one) => !expected.test(one))).toEqual([]);
  });
});
