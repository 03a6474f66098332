import { afterEach, describe, expect, it } from "vitest";
import type { Action, Call, JsonObject } from "../../../../src/baton/connector.ts";
import type { ActionRuns } from "../../../../src/baton/provision/actions/runs.ts";
import { createProvisioner } from "../../../../src/baton/provision/provisioner.ts";
import { BatonActionStatus } from "../../../../src/gen/c1/connector/v2/action_pb.ts";
import { Failure } from "../../../../src/runtime/failure.ts";
import { silentLog } from "../../../../src/runtime/log/log.ts";
import { action, fakeConnector } from "../fake-connector.ts";
import { HandClock } from "../hand-clock.ts";

const HOUR = 3_600_000;
const { RUNNING, COMPLETE, FAILED } = BatonActionStatus;
const call = { signal: new AbortController().signal };

let clock: HandClock;
let runs: ActionRuns | undefined;

function storing(...actions: Action[]): ActionRuns {
  clock = new HandClock();
  const { connector } = fakeConnector({ actions });
  runs = createProvisioner(connector, { clock, log: silentLog, actor: "tester" }).actions;
  return runs;
}

afterEach(() => {
  runs?.stop();
});

/** An action that ends when it is told to. */
function slow(name = "slow") {
  const ends: ((result: JsonObject | Error) => void)[] = [];
  const calls: Call[] = [];
  const made = action(name, (_, inner) => {
    calls.push(inner);
    return new Promise((resolve, reject) => {
      ends.push((result) => (result instanceof Error ? reject(result) : resolve(result)));
    });
  });
  return { made, calls, end: (result: JsonObject | Error, at = 0) => ends[at]!(result) };
}

describe("an action", () => {
  it("that is quick is complete at once, under a KSUID", async () => {
    const { invoke, status } = storing(action("quick", async (args) => ({ success: true, args })));
    const run = await invoke({ name: "quick", args: { a: 1 } }, call);
    expect(run).toEqual({
      id: expect.stringMatching(/^[0-9A-Za-z]{27}$/),
      name: "quick",
      status: COMPLETE,
      response: { success: true, args: { a: 1 } },
    });
    expect(status(run.id)).toBe(run);
    expect(clock.sleeping).toBe(0);
  });

  it("that is slow runs after a second, and is asked for later", async () => {
    const { made, end } = slow();
    const { invoke, status, running, settled } = storing(made);
    const answer = invoke({ name: "slow", args: {} }, call);
    await clock.pass(999);
    let answered = false;
    void answer.then(() => {
      answered = true;
    });
    await clock.pass(0);
    expect(answered).toBe(false);
    await clock.pass(1);
    const run = await answer;
    expect(run).toMatchObject({ status: RUNNING });
    expect(run.response).toBeUndefined();
    expect([status(run.id).status, running()]).toEqual([RUNNING, 1]);
    end({ success: true });
    await settled();
    expect(status(run.id)).toMatchObject({ status: COMPLETE, response: { success: true } });
    expect(running()).toBe(0);
  });

  it("is waited for as long as is asked", async () => {
    const { made, end } = slow();
    const { invoke } = storing(made);
    const answer = invoke({ name: "slow", args: {}, waitMs: 10_000 }, call);
    await clock.pass(9000);
    end({ success: true });
    expect(await answer).toMatchObject({ status: COMPLETE });
  });

  it.each([-1, 24 * HOUR + 1, Number.NaN])("is not waited for %d ms", async (waitMs) => {
    const { invoke } = storing(action("quick", async () => ({})));
    await expect(invoke({ name: "quick", args: {}, waitMs }, call)).rejects.toMatchObject({ kind: "invalidArgument" });
  });

  it("that fails says why, in its status", async () => {
    const refused = new Failure({
      kind: "permissionDenied",
      message: "Okta refused it",
      advice: "give the role",
      answer: { status: 403, code: "E0000006", requestId: "r1" },
    });
    const { invoke, status } = storing(
      action("refused", async () => Promise.reject(refused)),
      action("broken", async () => {
        throw new TypeError("cannot read x of undefined");
      }),
    );
    const run = await invoke({ name: "refused", args: {} }, call);
    expect(run).toMatchObject({
      status: FAILED,
      response: { error: "Okta refused it (E0000006) [request r1]; give the role" },
      failure: refused,
    });
    expect(status(run.id)).toBe(run);
    const broken = await invoke({ name: "broken", args: {} }, call);
    expect(broken.response).toEqual({ error: "the action failed unexpectedly; the log says more" });
  });

  it("fails without being run where its arguments are wrong", async () => {
    let ran = false;
    const { invoke } = storing(
      action(
        "picky",
        async () => {
          ran = true;
          return {};
        },
        { args: ["user_id!"] },
      ),
    );
    const run = await invoke({ name: "picky", args: {} }, call);
    expect(run).toMatchObject({ status: FAILED, response: { error: expect.stringContaining("user_id") } });
    expect(ran).toBe(false);
  });

  it("goes on where its caller goes away", async () => {
    const { made, calls, end } = slow();
    const { invoke, settled, running } = storing(made);
    const caller = new AbortController();
    const answer = invoke({ name: "slow", args: {}, waitMs: HOUR }, { signal: caller.signal, deadline: 1 });
    const rejected = expect(answer).rejects.toThrow("gone");
    await clock.pass(0);
    caller.abort(new Error("gone"));
    await rejected;
    expect(running()).toBe(1);
    expect(calls[0]!.signal.aborted).toBe(false);
    expect(calls[0]!.deadline).toBeUndefined();
    end({ success: true });
    await settled();
  });

  it("is not begun for a caller that is gone already", async () => {
    const { made, calls } = slow();
    const { invoke } = storing(made);
    await expect(invoke({ name: "slow", args: {} }, { signal: AbortSignal.abort(new Error("gone")) })).rejects.toThrow(
      "gone",
    );
    expect(calls).toEqual([]);
  });

  it("ends after an hour, even where it does not listen", async () => {
    const { made, calls, end } = slow();
    const { invoke, status, running } = storing(made);
    const answer = invoke({ name: "slow", args: {}, waitMs: 24 * HOUR }, call);
    await clock.pass(HOUR - 1);
    expect(calls[0]!.signal.aborted).toBe(false);
    await clock.pass(1);
    const run = await answer;
    expect(calls[0]!.signal.aborted).toBe(true);
    await clock.pass(5000);
    expect(status(run.id)).toMatchObject({
      status: FAILED,
      response: { error: "the action did not end within an hour" },
    });
    expect(running()).toBe(0);
    end({ success: true });
    await clock.pass(0);
    expect(status(run.id)).toMatchObject({ status: FAILED });
  });

  it("that is stopped is failed", async () => {
    const listening = action(
      "listening",
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(new Error("aborted")));
        }),
    );
    const { invoke, status, stop, settled } = storing(listening);
    const answer = invoke({ name: "listening", args: {} }, call);
    await clock.pass(1000);
    const { id } = await answer;
    stop();
    await settled();
    expect(status(id)).toMatchObject({ status: FAILED, response: { error: expect.stringContaining("stopped") } });
  });
});

describe("the store", () => {
  it("tells unknown names, wrong scopes and unknown ids", async () => {
    const { invoke, schema, schemas, status } = storing(
      action("global", async () => ({})),
      action("scoped", async () => ({}), { type: "user" }),
    );
    for (const [name, resourceType] of [
      ["globl", ""],
      ["global", "user"],
      ["scoped", ""],
      ["scoped", "group"],
    ] as const) {
      await expect(invoke({ name, args: {}, resourceType }, call)).rejects.toMatchObject({ kind: "notFound" });
    }
    await expect(invoke({ name: "globl", args: {} }, call)).rejects.toMatchObject({ advice: "did you mean global?" });
    expect((await invoke({ name: "scoped", args: {}, resourceType: "user" }, call)).status).toBe(COMPLETE);
    expect(schema("scoped").resourceTypeId).toBe("user");
    expect(() => schema("other")).toThrow(/no action/);
    expect(schemas().map(({ name }) => name)).toEqual(["global", "scoped"]);
    expect(schemas("user").map(({ name }) => name)).toEqual(["scoped"]);
    expect(schemas("app")).toEqual([]);
    expect(() => status("unknown")).toThrow(expect.objectContaining({ kind: "notFound" }));
  });

  it("forgets after a day, and the oldest of many, but nothing that runs", async () => {
    const { made, end } = slow();
    const { invoke, status } = storing(
      made,
      action("quick", async () => ({})),
    );
    const answer = invoke({ name: "slow", args: {} }, call);
    await clock.pass(1000);
    const { id: running } = await answer;
    const ids: string[] = [];
    for (let i = 0; i < 1002; i++) ids.push((await invoke({ name: "quick", args: {} }, call)).id);
    expect(() => status(ids[0]!)).toThrow();
    expect(() => status(ids[1]!)).toThrow();
    expect(status(ids[2]!).status).toBe(COMPLETE);
    expect(status(running).status).toBe(RUNNING);
    await clock.pass(24 * HOUR + 1);
    expect(() => status(ids[1001]!)).toThrow();
    expect(status(running).status).not.toBe(COMPLETE);
    end({});
  });

  it("refuses more than it lets run", async () => {
    const { made, end } = slow();
    const { invoke, running } = storing(made);
    const answers = Array.from({ length: 200 }, () => invoke({ name: "slow", args: {} }, call));
    await clock.pass(1000);
    await Promise.all(answers);
    await expect(invoke({ name: "slow", args: {} }, call)).rejects.toMatchObject({ kind: "unavailable" });
    end({}, 0);
    await clock.pass(0);
    expect(running()).toBe(199);
  });
});
