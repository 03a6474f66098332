import fc from "fast-check";
import { expect, it } from "vitest";
import type { Cursor, Page } from "../../../../src/baton/connector.ts";
import { RefusedPage } from "../../../../src/baton/rpc/refused-page.ts";
import { PageTokens } from "../../../../src/baton/rpc/server/page-token.ts";
import { type Section, servePage } from "../../../../src/baton/rpc/server/paging.ts";
import { systemClock } from "../../../../src/runtime/clock.ts";

const tokens = new PageTokens(Buffer.from("key"), systemClock);
const call = { signal: new AbortController().signal };

/** A list whose pages are given, linked as `links` says: each page leads to others. */
function sectionOf(
  pages: readonly (readonly string[])[],
  links: readonly (readonly number[])[],
  sparse = false,
): Section<string> {
  return {
    async read(cursor: Cursor | undefined): Promise<Page<string>> {
      const at = (cursor?.page as number | undefined) ?? 0;
      return { items: pages[at]!, next: (links[at] ?? []).map((page) => ({ page })) };
    },
    key: (item) => item,
    bytes: () => 10,
    ...(sparse ? { sparse } : {}),
  };
}

async function walk(sections: readonly Section<string>[], pageSize: number) {
  const pages: string[][] = [];
  for (let pageToken = ""; ; ) {
    const { list, nextPageToken } = await servePage(sections, tokens, { binding: ["x"], pageSize, pageToken }, call);
    pages.push(list);
    if (nextPageToken === "") return pages;
    pageToken = nextPageToken;
    expect(pages.length).toBeLessThan(1_000);
  }
}

it("serves each item of any tree of pages once, none above the size that was asked for", async () => {
  const trees = fc.array(fc.nat(7), { minLength: 1, maxLength: 12 }).chain((sizes) => {
    const parents = sizes.slice(1).map((_, at) => fc.nat(at));
    return fc.tuple(fc.constant(sizes), fc.tuple(...parents), fc.nat(5));
  });
  await fc.assert(
    fc.asyncProperty(trees, async ([sizes, parents, pageSize]) => {
      let n = 0;
      const pages = sizes.map((size) => Array.from({ length: size }, () => `item ${n++}`));
      const links = sizes.map((_, at) => parents.flatMap((parent, child) => (parent === at ? [child + 1] : [])));
      const served = await walk([sectionOf(pages, links)], pageSize);
      for (const page of served) if (pageSize > 0) expect(page.length).toBeLessThanOrEqual(pageSize);
      expect(served.flat().sort()).toEqual(pages.flat().sort());
    }),
    { numRuns: 60 },
  );
});

it("serves what a sparse part shows again and again only once, after the first part", async () => {
  const first = sectionOf([["a", "b"]], []);
  const again = sectionOf(
    Array.from({ length: 60 }, (_, at) => [`role ${at % 3}`]),
    [Array.from({ length: 59 }, (_, at) => at + 1)],
    true,
  );
  for (const pageSize of [0, 1, 2]) {
    const served = (await walk([first, again], pageSize)).flat();
    expect(served.slice(0, 2)).toEqual(["a", "b"]);
    expect(served.slice(2).sort()).toEqual(["role 0", "role 1", "role 2"]);
  }
});

it("loses nothing where a page changes between two reads of it", async () => {
  const items = ["a", "b", "c", "d", "e", "f"];
  const section = { ...sectionOf([[]], []), read: async () => ({ items: [...items], next: [] }) };
  const read = (pageToken: string) => servePage([section], tokens, { binding: ["x"], pageSize: 2, pageToken }, call);
  const first = await read("");
  expect(first.list).toEqual(["a", "b"]);
  items.shift();
  const second = await read(first.nextPageToken);
  expect(second.list).toEqual(["c", "d"]);
  items.splice(items.indexOf("d"), 1);
  const rest = await read(second.nextPageToken);
  expect(rest.list).toContain("b");
  const last = await read((await read(rest.nextPageToken)).nextPageToken || rest.nextPageToken);
  expect([...rest.list, ...last.list]).toEqual(expect.arrayContaining(["e"]));
});

it("keeps a page under what clients take in one message", async () => {
  const big = { ...sectionOf([Array.from({ length: 10 }, (_, at) => `${at}`)], []), bytes: () => 1 << 20 };
  const served = await walk([big], 0);
  expect(served.map((page) => page.length)).toEqual([3, 3, 3, 1]);
});

it("fails where something is refused, and says where the list goes on", async () => {
  const section: Section<string> = {
    ...sectionOf([[]], []),
    read: async (cursor) =>
      cursor === undefined
        ? { items: [], next: [{ page: 1 }], refused: [{ what: "roles", why: "no scope" }] }
        : { items: ["a"], next: [] },
  };
  const error = await servePage([section], tokens, { binding: ["x"], pageSize: 0, pageToken: "" }, call).catch(
    (one) => one,
  );
  expect(error).toBeInstanceOf(RefusedPage);
  const pageToken = (error as RefusedPage).nextPageToken;
  const { list } = await servePage([section], tokens, { binding: ["x"], pageSize: 0, pageToken }, call);
  expect(list).toEqual(["a"]);
});
