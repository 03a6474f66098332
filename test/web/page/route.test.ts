import { describe, expect, it } from "vitest";
import { formatRoute, parseRoute } from "../../../src/web/page/route/route.ts";

describe("an address of the page", () => {
  it.each([
    ["", [], {}],
    ["#/", [], {}],
    ["#/people?q=mei&status=ENABLED", ["people"], { q: "mei", status: "ENABLED" }],
    ["#/thing/user/00u1", ["thing", "user", "00u1"], {}],
    ["#/thing/app/%E0%A4", ["thing", "app", "%E0%A4"], {}],
    ["#/search?q=a%3Fb%26c", ["search"], { q: "a?b&c" }],
  ])("%s is read", (hash, path, query) => {
    expect(parseRoute(hash)).toEqual({ path, query });
  });

  it.each(["00u1", "a/b", "../..", "?x=1#y", "%41", "<script>", "ä 日本", "a:b"])("says the id %s whole", (id) => {
    const hash = formatRoute(["thing", "user", id], { tab: "access", left: `user:${id}` });
    expect(parseRoute(hash)).toEqual({ path: ["thing", "user", id], query: { tab: "access", left: `user:${id}` } });
  });

  it("leaves out what is empty", () => {
    expect(formatRoute(["people"], { q: "", status: null, sort: undefined })).toBe("#/people");
  });
});
