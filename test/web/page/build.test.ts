import { globSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import type { PageAssets } from "../../../src/web/asset.ts";
import { pageAssets } from "../../../src/web/assets.ts";

/** What all files of the page may weigh together, compressed as a server compresses. */
const MAX_COMPRESSED_BYTES = 150_000;

const sources = globSync("src/web/page/**/*.{ts,tsx}");

describe("the page's files", () => {
  let page: PageAssets;
  beforeAll(async () => {
    page = await pageAssets();
  });

  it("weigh little", () => {
    const weights = [page.html, ...Object.values(page.files)].map(({ text }) => gzipSync(text).length);
    expect(weights.reduce((sum, one) => sum + one)).toBeLessThan(MAX_COMPRESSED_BYTES);
  });

  it("are all named by the document, which names no other, and holds no script or style itself", () => {
    const named = [...page.html.text.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path]) => path!);
    expect(named.toSorted()).toEqual(Object.keys(page.files).toSorted());
    expect(page.html.text).not.toMatch(/<style|style=|<script(?![^>]* src=)[^>]*>|\son\w+=/i);
  });

  it("ask for nothing from elsewhere", () => {
    for (const [path, { text, type }] of Object.entries(page.files)) {
      const addresses = [...text.matchAll(/(?:https?:)?\/\/[a-z0-9-]+\.[\w./-]+/gi)].map(([address]) => address);
      // Names of XML's vocabularies look like addresses; nobody asks for them.
      expect(
        addresses.filter((one) => !one.includes("//www.w3.org/")),
        path,
      ).toEqual([]);
      if (type.startsWith("text/css")) expect(text).not.toMatch(/url\(|@import/);
    }
  });
});

describe("the page's sources", () => {
  it("make no HTML or code of texts", () => {
    expect(sources.length).toBeGreaterThan(2);
    const forbidden =
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|\beval\b|new Function/i;
    expect(sources.filter((path) => forbidden.test(readFileSync(path, "utf8")))).toEqual([]);
  });

  it("know nothing of the program but the types of its answers", () => {
    const outside = sources.flatMap((path) =>
      [...readFileSync(path, "utf8").matchAll(/^import (type )?[^";]*?from "((?:\.\.\/)+[^"]*)"/gm)]
        .map(([, type, from]) => ({ type, at: new URL(from!, `file:///${path}`).pathname }))
        .filter(({ at }) => !at.startsWith("/src/web/page/")),
    );
    expect(outside.filter(({ type, at }) => type === undefined || at !== "/src/web/api/contract.ts")).toEqual([]);
  });
});
