import { describe, expect, it } from "vitest";
import { type BulkOptions, type BulkOutcome, bulk, readLine } from "../../../src/baton/provision/bulk.ts";
import { Failure } from "../../../src/runtime/failure.ts";

const line = (id: string, principal = "u1") => JSON.stringify({ entitlement: `set:${id}:member`, principal });

async function run(lines: string[], options: Partial<BulkOptions> = {}) {
  const outcomes: BulkOutcome[] = [];
  async function* input() {
    yield* lines;
  }
  const summary = await bulk(input(), {
    change: async () => ({ grants: [], already: false }),
    done: new Set(),
    concurrency: 3,
    stop: new AbortController().signal,
    onOutcome: (outcome) => outcomes.push(outcome),
    ...options,
  });
  return { summary, outcomes: outcomes.sort((a, b) => a.line - b.line) };
}

describe("many changes", () => {
  it("may begin with a byte order mark", async () => {
    const { summary } = await run([`\uFEFF${line("a")}`, line("b")]);
    expect(summary).toMatchObject({ done: 2, failed: 0 });
  });

  it("are each told by the number of their line, and counted", async () => {
    const { summary, outcomes } = await run(
      [line("a"), "", line("b"), line("a"), "nonsense", line("c"), line("d"), line("e")],
      {
        change: async ({ entitlement }) => {
          if (entitlement.resource.id === "c") throw new Failure({ kind: "notFound", message: "no c" });
          return { grants: [], already: entitlement.resource.id === "d" };
        },
        done: new Set(["set:b:member user:u1"]),
      },
    );
    expect(outcomes.map(({ line: at, result }) => [at, result])).toEqual([
      [1, "done"],
      [3, "skipped"],
      [4, "duplicate"],
      [5, "failed"],
      [6, "failed"],
      [7, "already"],
      [8, "done"],
    ]);
    expect(summary).toEqual({ done: 2, already: 1, skipped: 1, duplicate: 1, failed: 2, stopped: 0, planned: 0 });
    expect(outcomes[4]).toMatchObject({ entitlement: "set:c:member", principal: { type: "user", id: "u1" } });
  });

  it("run side by side, no more than allowed, and no further ahead than needed", async () => {
    let running = 0;
    let most = 0;
    let read = 0;
    let behind = 0;
    let ended = 0;
    async function* input() {
      for (let i = 0; i < 200; i++) {
        read += 1;
        behind = Math.max(behind, read - ended);
        yield line(`s${i}`);
      }
    }
    await bulk(input(), {
      change: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        ended += 1;
        return { grants: [], already: false };
      },
      done: new Set(),
      concurrency: 5,
      stop: new AbortController().signal,
      onOutcome: () => undefined,
    });
    expect([most, ended]).toEqual([5, 200]);
    expect(behind).toBeLessThan(15);
  });

  it("finish what runs when told to stop, and begin nothing more", async () => {
    const stop = new AbortController();
    const changed: string[] = [];
    const { summary, outcomes } = await run([line("a"), line("b"), line("c"), line("d"), line("e"), line("f")], {
      concurrency: 1,
      stop: stop.signal,
      change: async ({ entitlement }) => {
        if (entitlement.resource.id === "b") stop.abort();
        await new Promise((resolve) => setImmediate(resolve));
        changed.push(entitlement.resource.id);
        return { grants: [], already: false };
      },
    });
    expect(changed).toEqual(["a", "b"]);
    expect(summary.done).toBe(2);
    expect(summary.stopped).toBe(outcomes.length - 2);
    expect(summary.stopped).toBeGreaterThan(0);
  });

  it("count as planned in a rehearsal", async () => {
    expect((await run([line("a")], { dryRun: true })).summary).toMatchObject({ planned: 1, done: 0 });
  });
});

describe("a line", () => {
  it("says who gets what; who is a user unless it says otherwise", () => {
    expect(readLine(line("a:b"))).toEqual({
      entitlement: { resource: { type: "set", id: "a:b" }, slug: "member" },
      principal: { type: "user", id: "u1" },
    });
    expect(readLine(line("a"), "group").principal.type).toBe("group");
    expect(readLine('{"entitlement":"set:a:member","principal":"x","principalType":"group"}').principal.type).toBe(
      "group",
    );
  });

  it.each([
    "[]",
    "null",
    "1",
    "{",
    "{}",
    '{"entitlement":"set:a:member"}',
    '{"entitlement":"set:a:member","principal":""}',
    '{"entitlement":"set:a:member","principal":1}',
    '{"entitlement":"nonsense","principal":"u"}',
    '{"entitlement":"set:a:member","principal":"u","principle":"v"}',
  ])("is refused: %s", (text) => {
    expect(() => readLine(text)).toThrow(expect.objectContaining({ kind: "invalidArgument" }));
  });
});
