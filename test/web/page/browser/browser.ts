import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { expect } from "vitest";

/** Where Debian puts its Chromium; elsewhere `CHROMIUM` names one. */
export const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Why nothing can be tried in a browser here; empty where it can. */
export const lacksBrowser = existsSync(CHROMIUM) ? "" : `there is no browser at ${CHROMIUM}; CHROMIUM names another`;

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Rules of WCAG 2.2 A and AA, and what axe calls good practice. */
const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Starts the system's browser. As root it has no sandbox of its own. */
export function startBrowser(): Promise<Browser> {
  const args = ["--disable-dev-shm-usage", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
  return chromium.launch({ executablePath: CHROMIUM, args });
}

/** What a browser saw that it should not have. */
export interface Watched {
  /** Errors, warnings and refusals that the page caused. */
  readonly complaints: string[];
  /** Hosts that were asked for something. */
  readonly hosts: Set<string>;
}

/** Notes what pages of a context complain of, and whom they ask. */
export function watch(context: BrowserContext): Watched {
  const watched: Watched = { complaints: [], hosts: new Set() };
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) watched.complaints.push(message.text());
  });
  context.on("weberror", (error) => watched.complaints.push(String(error.error())));
  context.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol !== "data:") watched.hosts.add(hostname);
  });
  return watched;
}

/** Says how far the page's content moved by itself, summed up, from when it is opened on. */
export async function observeShifts(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    Object.assign(globalThis, { shifted: 0 });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!entry.hadRecentInput)
          Object.assign(globalThis, { shifted: Reflect.get(globalThis, "shifted") + entry.value });
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
}

/** How far the page's content moved by itself since it was opened. Source: Layout Instability, W3C. */
export const shiftOf = (page: Page) => page.evaluate(() => Reflect.get(globalThis, "shifted") as number);

/** Goes to a view and waits until it is there. */
export async function openView(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => {
    location.hash = to;
  }, hash);
  await settled(page);
}

/** Waits until nothing is on its way any more. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector("h1") !== null);
  await page.waitForFunction(() => document.querySelector(".skeleton, [aria-busy=true], .skeleton-line") === null);
}

/** What axe finds wrong with the page as it is, a line each. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate(async (tags) => {
    const axe = Reflect.get(globalThis, "axe") as typeof import("axe-core");
    const { violations: all } = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
    return all.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join("; ")}`);
  }, AXE_TAGS);
  return found;
}

/** By how many pixels the page is wider than the window. */
export const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

/** Presses Tab, or Shift+Tab, until the focus is on what a selector finds; fails where it never gets there. */
export async function tabTo(page: Page, selector: string, key = "Tab", most = 80): Promise<void> {
  for (let presses = 0; presses < most; presses++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    await page.keyboard.press(key);
  }
  expect.fail(`${most} times ${key} does not lead to ${selector}`);
}
