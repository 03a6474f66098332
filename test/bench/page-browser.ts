/**
 * Walks through the page of a snapshot in the system's Chromium and says how long each step took: from the start of the
 * program to the page, its first paint, and each view until all of it is there.
 *
 *   node .build/dist.ts && node test/bench/page-browser.ts big.c1z
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { chromium, type Page } from "playwright-core";
import { pageAssets } from "../../src/web/assets.ts";

const [file] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
if (file === undefined || !existsSync("dist/main.js") || !existsSync(executablePath)) {
  console.error("usage: node test/bench/page-browser.ts FILE, after `npm run build`, where there is a Chromium");
  process.exit(2);
}

const started = performance.now();
const program = spawn(process.execPath, ["dist/main.js", "explore", file, "--no-open"], {
  stdio: ["ignore", "pipe", "inherit"],
});
const address = await new Promise<string>((resolve, reject) => {
  let said = "";
  program.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    const found = /http:\/\/\S+/.exec(said);
    if (found) resolve(found[0]);
  });
  program.once("exit", (code) => reject(new Error(`the program ended with ${code}`)));
});
const { origin } = new URL(address);
const steps: { step: string; ms: number }[] = [
  { step: "the program prints its address", ms: performance.now() - started },
];

const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
const browser = await chromium.launch({ executablePath, args });
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
try {
  await measured("the page, from the address on", () => page.goto(address));
  steps.push({ step: "  first contentful paint", ms: await firstPaint(page) });
  const ids = await idsOf(page);
  await view("overview, with all that is worked out", "#/");
  await view("people", "#/people");
  await view("people, by how much they hold", "#/people?sort=held&desc=true");
  await view("people, filtered", "#/people?q=mar&status=ENABLED");
  await view("everything", "#/everything?sort=holders&desc=true");
  await measured("search, as one types", async () => {
    await page.keyboard.press("/");
    await page.keyboard.type("mar");
    await page.locator(".hits:not([hidden]) .hit").first().waitFor();
  });
  await page.keyboard.press("Escape");
  await view("an admin's access", `#/thing/user/${ids.admin}`);
  await view("an admin's paths", `#/thing/user/${ids.admin}?tab=picture`);
  await view("the app that most hold", `#/thing/app/${ids.app}?tab=holders`);
  await view("the group that most are in", `#/thing/group/${ids.group}?tab=holders`);
  await view("that group over time", `#/thing/group/${ids.group}?tab=history`);
  await view("two admins", `#/compare?left=user:${ids.admin}&right=user:${ids.other}`);
  await view("admins", "#/admins");
  await view("findings", "#/findings");
  await view("changes", "#/changes");
  await page.goto(`${origin}/#/people`);
  await measured("the page again", () => page.reload());
  steps.push({ step: "  first contentful paint", ms: await firstPaint(page) });
} finally {
  await browser.close();
  program.kill("SIGTERM");
}

const { html, files } = await pageAssets();
const bytes = [html, ...Object.values(files)].reduce((sum, { text }) => sum + gzipSync(text).length, 0);
for (const { step, ms } of steps) console.log(`${step.padEnd(44)} ${ms.toFixed(0).padStart(7)} ms`);
console.log(`${"all files of the page, compressed".padEnd(44)} ${(bytes / 1000).toFixed(1).padStart(7)} kB`);

async function measured(step: string, go: () => Promise<unknown>): Promise<void> {
  const from = performance.now();
  await go();
  await settled();
  steps.push({ step, ms: performance.now() - from });
}

async function view(step: string, hash: string): Promise<void> {
  await measured(step, () =>
    page.evaluate((to) => {
      location.hash = to;
    }, hash),
  );
}

/** Until nothing is on its way any more, what is worked out in the background too. */
async function settled(): Promise<void> {
  await page.waitForFunction(
    () => document.querySelector("h1") && !document.querySelector(".skeleton, [aria-busy=true], .skeleton-line"),
    undefined,
    { timeout: 300_000 },
  );
}

async function firstPaint(of: Page): Promise<number> {
  const paint = await of.waitForFunction(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
  return Number(await paint.jsonValue());
}

async function idsOf(of: Page): Promise<Record<"admin" | "other" | "app" | "group", string>> {
  const ids = async (query: string) => {
    const answer = await of.request.get(`${origin}/api/resources?${query}`);
    return ((await answer.json()) as { rows: { id: string }[] }).rows.map(({ id }) => encodeURIComponent(id));
  };
  const [admin = "", other = ""] = await ids("type=user&admin=true&sort=held&desc=true&limit=2");
  const [app = ""] = await ids("type=app&sort=holders&desc=true&limit=1");
  const [group = ""] = await ids("type=group&sort=holders&desc=true&limit=1");
  return { admin, other, app, group };
}
