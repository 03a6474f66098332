import { describe, expect, it } from "vitest";
import type { LaneProgress, Progress } from "../../src/baton/sync/progress.ts";
import { Estimate, type ProgressView, type WaitingBucket } from "../../src/cli/progress/estimate.ts";
import { progressFields, renderProgress } from "../../src/cli/progress/render.ts";
import { rowsOf, Screen } from "../../src/cli/progress/screen.ts";
import { watchInLog, watchOnTerminal } from "../../src/cli/progress/watch.ts";
import type { Clock } from "../../src/runtime/clock.ts";
import { silentLog } from "../../src/runtime/log/log.ts";

const START = 1_700_000_000_000;
const lane = (name: string, operation: LaneProgress["operation"], more: Partial<LaneProgress> = {}): LaneProgress => ({
  ...{ name, operation, pages: 0, items: 0, queued: 0, inFlight: 0 },
  ...more,
});
const reading = (...lanes: LaneProgress[]): Progress => ({ phase: "reading", startedAt: START, lanes });
const members = (pages: number) =>
  lane("group", "grants", { pages, items: pages * 100, queued: 100 - pages, inFlight: 4 });

describe("the estimate", () => {
  it("works out rates and the time left", () => {
    const estimate = new Estimate();
    estimate.view(reading(members(0)), [], START);
    const view = estimate.view(reading(members(20)), [], START + 2000);
    // 20 pages in two seconds and the second before them that a new lane is given at most.
    expect(view.lanes[0]!.rate).toBeCloseTo(1000, -2);
    expect(view.leftMs).toBeCloseTo(8000, -3);
    expect(view.growing).toBe(false);
  });

  it("looks back ten seconds only", () => {
    const estimate = new Estimate();
    for (let s = 0; s <= 60; s++) estimate.view(reading(members(s < 50 ? 0 : s - 50)), [], START + s * 1000);
    const view = estimate.view(reading(members(11)), [], START + 61_000);
    expect(view.lanes[0]!.rate).toBeCloseTo(100, 0);
  });

  it("says what each list waits for, and counts the wait as time left", () => {
    const bucket = { name: "/api/v1/groups/{id}/users", waiting: 3, resetAt: START + 41_000 };
    const other = { name: "/api/v1/logs", waiting: 1 };
    const idle = { name: "/api/v1/users", waiting: 0, resetAt: START + 99_000 };
    const users = lane("user", "list", { queued: 1, inFlight: 1 });
    const view = new Estimate().view(reading(users, members(0)), [idle, other, bucket], START + 1000);
    expect(view.lanes.map(({ waitsFor }) => waitsFor?.name)).toEqual([undefined, bucket.name]);
    expect(view.otherWaits).toEqual([other]);
    expect(view.growing).toBe(true);
  });

  it.each<[string, LaneProgress["operation"], string]>([
    ["user", "list", "/api/v1/users"],
    ["group", "list", "/api/v1/groups"],
    ["group", "grants", "/api/v1/groups/{id}/roles"],
    ["app", "list", "/api/v1/apps"],
    ["app", "grants", "/api/v1/apps/{id}/groups"],
    ["role holders", "all grants", "/api/v1/users/{id}/roles"],
    ["role holders", "all grants", "/api/v1/iam/assignees/users"],
    ["custom-role", "list", "/api/v1/iam/roles"],
    ["resource-set", "grants", "/api/v1/iam/resource-sets/{id}/bindings"],
    ["resourceset-binding", "grants", "/api/v1/iam/resource-sets/{id}/bindings/{id}/members"],
    ["api-token", "list", "/api/v1/api-tokens"],
    ["device", "list", "/api/v1/devices"],
  ])("knows that %s (%s) reads %s", (name, operation, endpoint) => {
    const view = new Estimate().view(
      reading(lane(name, operation, { inFlight: 1 })),
      [{ name: endpoint, waiting: 1 }],
      START,
    );
    expect(view.lanes[0]!.waitsFor?.name).toBe(endpoint);
  });
});

describe("the view", () => {
  const wait: WaitingBucket = { name: "/api/v1/apps/{id}/users", waiting: 2, resetAt: START + 23_000 };
  const view: ProgressView = {
    phase: "reading",
    elapsedMs: 72_000,
    leftMs: 130_000,
    growing: false,
    otherWaits: [{ name: "/api/v1/logs", waiting: 1 }],
    lanes: [
      { ...lane("user", "list", { pages: 12, items: 2400 }), rate: 0 },
      { ...lane("group", "grants", { pages: 40, items: 38_112, queued: 60, inFlight: 4 }), rate: 912.4 },
      { ...lane("app", "grants", { pages: 3, items: 7, queued: 9, inFlight: 1 }), rate: 0, waitsFor: wait },
    ],
  };
  const draw = (columns: number, rows = 40, color = false) =>
    renderProgress(view, "acme.okta.com", START, { columns, rows, color });

  it("shows each resource type with pages, items, rate and what it waits for", () => {
    expect(draw(140)).toEqual([
      "Reading acme.okta.com  1 min 12 s, about 2 min 10 s left",
      "  user              12 pages      2,400             done",
      "  group grants      40 pages     38,112      912/s  60 to read",
      "  app grants         3 pages          7             9 to read  waits: limit of /api/v1/apps/{id}/users (2 requests, 23 s)",
      "  waiting: limit of /api/v1/logs (1 request)",
    ]);
  });

  it.each([
    [100, "  app grants         3 pages          7             9 to read  waits 23 s for a limit"],
    [74, "  app grants         3 pages          7             9 to read  waits"],
    [60, "  app grants   7 waits"],
  ])("says less in %i columns", (columns, line) => {
    expect(draw(columns)[3]).toBe(line);
  });

  it.each([1, 2, 10, 20, 40, 60, 80, 200])("never fills a line of %i columns", (columns) => {
    for (const line of draw(columns)) expect(line.length).toBeLessThanOrEqual(Math.max(1, columns - 1));
  });

  it("never fills the screen", () => {
    expect(draw(80, 3)).toHaveLength(2);
    expect(draw(80, 1)).toHaveLength(1);
  });

  it("has colours only where they are wanted", () => {
    expect(draw(80).join("")).not.toContain("\u001b");
    expect(draw(80, 40, true)[0]).toBe(`\u001b[1m${draw(80)[0]}\u001b[0m`);
  });

  it("is one line of fields in the log", () => {
    expect(progressFields(view)).toEqual({
      phase: "reading",
      elapsedSeconds: 72,
      pages: 55,
      items: 40_519,
      toRead: 69,
      waitsForLimits: ["/api/v1/apps/{id}/users", "/api/v1/logs"],
      secondsLeft: 130,
    });
  });
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what a terminal reads
const SEQUENCES = /\u001b\[(\d+)A\r|(\u001b\[J)|([^\u001b]+)/g;

/** A terminal that does what the few sequences used here mean. */
class FakeTerminal {
  columns = 20;
  rows = 10;
  readonly lines: string[] = [""];
  #resize: (() => void)[] = [];

  write(text: string) {
    for (const [, up, clear, rest] of text.matchAll(SEQUENCES)) {
      if (up !== undefined) this.#cutTo(this.lines.length - 1 - Number(up));
      else if (clear === undefined) {
        const [first, ...more] = rest!.split("\n");
        this.lines[this.lines.length - 1] += first!;
        this.lines.push(...more);
        this.#wrap();
      }
    }
  }

  on(_: "resize", listener: () => void) {
    this.#resize.push(listener);
  }

  off(_: "resize", listener: () => void) {
    this.#resize = this.#resize.filter((known) => known !== listener);
  }

  resize(columns: number) {
    this.columns = columns;
    this.#wrap();
    for (const listener of this.#resize) listener();
  }

  #cutTo(row: number) {
    this.lines.splice(Math.max(0, row), this.lines.length, "");
  }

  #wrap() {
    const wrapped = this.lines.flatMap((line) => line.match(new RegExp(`.{1,${this.columns}}`, "g")) ?? [""]);
    this.lines.splice(0, this.lines.length, ...wrapped);
  }
}

describe("the screen", () => {
  it("redraws in place, with other text scrolling past above", () => {
    const terminal = new FakeTerminal();
    let n = 1;
    const screen = new Screen(terminal, () => [`lane ${n}`, "lane b"]);
    screen.redraw();
    n = 2;
    screen.redraw();
    screen.print("a log line\n");
    expect(terminal.lines).toEqual(["a log line", "lane 2", "lane b", ""]);
    screen.close();
    screen.print("the end\n");
    expect(terminal.lines).toEqual(["a log line", "the end", ""]);
  });

  it("takes back what a narrower terminal has wrapped", () => {
    const terminal = new FakeTerminal();
    const screen = new Screen(terminal, () => ["x".repeat(Math.min(15, terminal.columns - 1))]);
    terminal.write("before\n");
    screen.redraw();
    terminal.resize(8);
    expect(terminal.lines).toEqual(["before", "xxxxxxx", ""]);
    terminal.resize(20);
    screen.close();
    expect(terminal.lines).toEqual(["before", ""]);
  });

  it("counts rows without the colours", () => {
    expect(rowsOf(["\u001b[1mabc\u001b[0m", "", "abcdef"], 3)).toBe(4);
  });
});

describe("watching", () => {
  /** Time that passes when it is told to. */
  class Hand implements Clock {
    #now = START;
    #waits: { at: number; done: () => void }[] = [];
    now = () => this.#now;
    sleep(ms: number, signal?: AbortSignal) {
      return new Promise<void>((done, failed) => {
        this.#waits.push({ at: this.#now + ms, done });
        signal?.addEventListener("abort", () => failed(signal.reason));
      });
    }
    async pass(ms: number) {
      this.#now += ms;
      const due = this.#waits.filter(({ at }) => at <= this.#now);
      this.#waits = this.#waits.filter(({ at }) => at > this.#now);
      for (const { done } of due) done();
      await new Promise(setImmediate);
    }
  }

  it("tells the log every ten seconds, and nothing any more once closed", async () => {
    const clock = new Hand();
    const told: unknown[] = [];
    const log = { ...silentLog, info: (message: string, fields?: object) => told.push([message, fields]) };
    const watch = watchInLog({ what: "acme", buckets: () => [], clock }, log, () => {});
    watch.update(reading(members(5)));
    await clock.pass(9_999);
    expect(told).toEqual([]);
    await clock.pass(1);
    await clock.pass(10_000);
    expect(told).toHaveLength(2);
    expect(told[0]).toEqual(["sync under way", expect.objectContaining({ pages: 5, items: 500, elapsedSeconds: 10 })]);
    watch.close();
    await clock.pass(10_000);
    expect(told).toHaveLength(2);
  });

  it("redraws on a terminal and leaves nothing behind", async () => {
    const clock = new Hand();
    const terminal = new FakeTerminal();
    terminal.columns = 60;
    const watch = watchOnTerminal({ what: "acme", buckets: () => [], clock }, terminal, false);
    watch.update(reading(members(5)));
    await clock.pass(200);
    expect(terminal.lines.join("\n")).toContain("group grants");
    watch.print("a log line\n");
    watch.close();
    expect(terminal.lines).toEqual(["a log line", ""]);
  });
});
