import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Item } from "../../../src/review/population/item.ts";
import { openReview, type Review } from "../../../src/review/review.ts";
import { silentLog } from "../../../src/runtime/log/log.ts";
import { type ServedReview, serveReview } from "../../../src/web/reviews/serve.ts";
import { madeUp } from "../../review/campaign.ts";
import {
  lacksBrowser,
  overflow,
  startBrowser,
  tabTo,
  violations,
  type Watched,
  watch,
} from "../page/browser/browser.ts";

const [ADA, BOB] = ["ada@acme.example", "bob@acme.example"];

describe.skipIf(lacksBrowser !== "")(
  `the reviewer's page in a browser${lacksBrowser && ` (skipped: ${lacksBrowser})`}`,
  () => {
    let browser: Browser;
    let context: BrowserContext;
    let watched: Watched;
    let page: Page;
    let folder: string;
    let items: Item[];
    let review: Review;
    let served: ServedReview;

    beforeAll(async () => {
      browser = await startBrowser();
    }, 60_000);
    afterAll(() => browser?.close());
    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), "baton-review-browser-"));
      context = await browser.newContext({ viewport: { width: 1100, height: 800 }, reducedMotion: "reduce" });
      watched = watch(context);
      context.setDefaultTimeout(5_000);
      page = await context.newPage();
    });
    afterEach(async () => {
      await context.close();
      served?.kill();
      await served?.stop();
      review?.close();
      rmSync(folder, { recursive: true });
    });

    async function begin(count: number, settings: Parameters<typeof madeUp>[3] = {}): Promise<void> {
      items = madeUp(folder, count, [ADA, BOB], settings);
      review = await openReview(folder, { write: true });
      served = await serveReview({ review, host: "127.0.0.1", port: 0, log: silentLog });
    }
    const link = (reviewer: string) => served.links.find((one) => one.reviewer === reviewer)!.address;
    const own = (reviewer: string) => items.filter((item) => item.reviewer.name === reviewer);
    const decided = (item: Item) => review.state.decided(item.id);

    it("opens once, shows one's own items, and takes what is decided by the keyboard alone", async () => {
      await begin(6, { requireJustification: "revoke" });
      await page.goto(link(ADA));
      expect(page.url()).not.toContain("token");
      expect(await page.locator("h1").textContent()).toBe("Made up");
      const [first, second, third] = own(ADA);
      expect(await page.getByRole("group").count()).toBe(3);
      const text = (await page.locator("main").textContent())!;
      for (const { resource, reviewer } of items) expect(text.includes(resource.name)).toBe(reviewer.name === ADA);
      // Names that are scripts are names.
      expect(text).toContain("<img src=x onerror=alert(0)>");
      expect(await page.locator("main script, main img").count()).toBe(0);
      const other = await browser.newContext();
      expect((await (await other.newPage()).goto(link(ADA)))!.status()).toBe(403);
      await other.close();

      await tabTo(page, `[name="decision-${first!.id}"]`);
      await page.keyboard.press("Space");
      await tabTo(page, `[name="decision-${second!.id}"]`);
      await page.keyboard.press("ArrowDown");
      expect(await page.locator(`[name="decision-${second!.id}"][value=REVOKE]`).isChecked()).toBe(true);
      await tabTo(page, "button[type=submit]");
      await page.keyboard.press("Enter");
      await page.getByText("1 saved").waitFor();
      expect(decided(first!)).toMatchObject({ decision: "APPROVE", reviewer: ADA, via: "page" });
      expect(decided(second!)).toBeUndefined();
      // What was refused is said by name, and stands as it was filled in.
      expect(await page.getByRole("status").textContent()).toContain("App 2 <script>");
      expect(await page.locator(`[name="decision-${second!.id}"][value=REVOKE]`).isChecked()).toBe(true);
      await tabTo(page, `[name="justification-${second!.id}"]`);
      await page.keyboard.type("left the team");
      await page.keyboard.press("Enter");
      await page.getByText("1 saved").waitFor();
      expect(decided(second!)).toMatchObject({ decision: "REVOKE", justification: "left the team" });
      expect(decided(third!)).toBeUndefined();
      const progress = page.getByRole("progressbar", { name: "Decided" });
      expect(await progress.evaluate((one: HTMLProgressElement) => [one.value, one.max])).toEqual([2, 3]);
      expect(await page.title()).toContain("2 of 3 decided");
      expect(await page.getByRole("group").count()).toBe(1);
      expect(watched.complaints).toEqual([]);
      expect([...watched.hosts]).toEqual(["127.0.0.1"]);
    });

    it("goes through many, page by page, and comes back to what is left", async () => {
      await begin(104);
      await page.goto(link(BOB));
      await page.getByRole("link", { name: "Next" }).click();
      expect(await page.getByRole("group").count()).toBe(2);
      for (const radio of await page.getByRole("radio", { name: "Approve" }).all()) await radio.check();
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("2 saved").waitFor();
      expect(await page.getByRole("group").count()).toBe(50);
      await page.reload();
      await page.goto(`${new URL(page.url()).origin}/decide`);
      expect(await page.getByRole("group").count()).toBe(50);
      await page.getByLabel("Find").fill("app 37 ");
      await page.getByRole("button", { name: "Show" }).click();
      expect(await page.getByRole("group").count()).toBe(1);
    });

    it("lets one be decided at a time where bulk decisions are forbidden", async () => {
      await begin(4, { forbidBulk: true });
      await page.goto(link(ADA));
      const [first, second] = own(ADA);
      await page.locator(`[name="decision-${first!.id}"][value=APPROVE]`).check();
      await page.getByRole("button", { name: "Save" }).first().click();
      await page.getByText("1 saved").waitFor();
      expect([decided(first!)?.decision, decided(second!)]).toEqual(["APPROVE", undefined]);
    });

    it.each([{}, { forbidBulk: true, requireJustification: "all" as const }])(
      "has nothing that axe finds wrong, in light and dark, wide and at 320 px: %j",
      async (settings) => {
        await begin(110, settings);
        await page.goto(link(ADA));
        for (const colorScheme of ["light", "dark"] as const) {
          for (const width of [1100, 320]) {
            await page.emulateMedia({ colorScheme });
            await page.setViewportSize({ width, height: 720 });
            expect(await overflow(page)).toBeLessThanOrEqual(0);
            expect(await violations(page)).toEqual([]);
          }
        }
        await page.locator('[value="APPROVE"]').first().check();
        await page.getByRole("button", { name: "Save" }).first().click();
        await page.getByRole("status").waitFor();
        expect(await violations(page)).toEqual([]);
      },
    );
  },
);
