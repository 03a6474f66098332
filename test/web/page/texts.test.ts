import { describe, expect, it } from "vitest";
import type { SyncInfo } from "../../../src/web/api/contract.ts";
import { counted, dayText, plainText, sentenceCase, spanText, timeText } from "../../../src/web/page/design/text.ts";
import { syncName } from "../../../src/web/page/things/syncs.ts";

describe("texts of the page", () => {
  it("show what deceives the eye as what does not belong", () => {
    expect(plainText("a\u202egnp.exe")).toBe("a\ufffdgnp.exe");
    expect(plainText("a\u0000b\u200bc\u2066d")).toBe("a\ufffdb\ufffdc\ufffdd");
    expect(plainText("Zoë 日本 🎉 <script>")).toBe("Zoë 日本 🎉 <script>");
  });

  it("say times in UTC, and what is no time as it is", () => {
    expect(timeText("2026-11-24T13:52:54Z")).toBe("24 Nov 2026, 13:52 UTC");
    expect(dayText("2026-11-24T23:52:54-08:00")).toBe("25 Nov 2026");
    expect(timeText("yesterday")).toBe("yesterday");
  });

  it.each([
    [59_000, "less than a minute"],
    [60_000, "1 minute"],
    [3 * 3_600_000, "3 hours"],
    [9 * 86_400_000, "9 days"],
  ])("say a span of %i ms as %s", (ms, text) => {
    expect(spanText(ms)).toBe(text);
  });

  it("count and name", () => {
    expect(counted(1, "group")).toBe("1 group");
    expect(counted(1860, "person", "people")).toBe("1,860 people");
    expect(sentenceCase("LOCKED_OUT")).toBe("Locked out");
    expect(sentenceCase("costCenter")).toBe("Cost center");
  });

  it("tell two syncs of the same minute apart", () => {
    const sync = (id: string, endedAt: string): SyncInfo => ({
      ...{ id, type: "full", startedAt: null, endedAt, finished: true, counts: null },
    });
    const syncs = [
      sync("a", "2026-11-24T13:52:10Z"),
      sync("b", "2026-11-24T13:52:54Z"),
      sync("c", "2026-11-24T14:00:00Z"),
    ];
    expect(syncs.map((one) => syncName(one, syncs))).toEqual([
      "24 Nov 2026, 13:52:10 UTC",
      "24 Nov 2026, 13:52:54 UTC",
      "24 Nov 2026, 14:00 UTC",
    ]);
  });
});
