import { setTimeout as after } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import type { Call, WriteStep } from "../../../../src/baton/connector.ts";
import { lookAhead } from "../../../../src/okta/api/writes/look-ahead.ts";

const request = "POST /api/v1/users/00u1/lifecycle/suspend";
const intent: WriteStep = { phase: "intent", request };
const done: WriteStep = { phase: "outcome", request, status: 200 };
const call = (): Call => ({ signal: new AbortController().signal });

/** A head start that is over when it is told to be. */
function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const headStart = (signal: AbortSignal) =>
    new Promise<void>((over, failed) => {
      signal.addEventListener("abort", () => failed(signal.reason));
      void promise.then(over);
    });
  return { headStart, over: resolve };
}

it("reads while the answer is under way, once", async () => {
  const { headStart, over } = held();
  const isDone = vi.fn(async () => true);
  const ahead = lookAhead(isDone, call(), headStart);
  over();
  await after(0);
  expect(isDone).not.toHaveBeenCalled();
  ahead.call.audit!(intent);
  await after(0);
  expect(isDone).toHaveBeenCalledOnce();
  ahead.call.audit!(done);
  expect(await ahead.shown()).toBe(true);
  expect(isDone).toHaveBeenCalledOnce();
});

it("reads nothing ahead of what is answered within the head start, or only planned", async () => {
  for (const steps of [[intent, done], [{ phase: "planned", request }] satisfies WriteStep[]]) {
    const isDone = vi.fn(async () => true);
    const { headStart, over } = held();
    const ahead = lookAhead(isDone, call(), headStart);
    for (const step of steps) ahead.call.audit!(step);
    expect(await ahead.shown()).toBe(false);
    over();
    await after(0);
    expect(isDone).not.toHaveBeenCalled();
  }
});

it.each([
  ["shows nothing yet", async () => false],
  ["fails", () => Promise.reject(new Error("HTTP 500"))],
])("proves nothing by a read that %s", async (_name, isDone) => {
  const { headStart, over } = held();
  const ahead = lookAhead(isDone, call(), headStart);
  ahead.call.audit!(intent);
  over();
  await after(0);
  ahead.call.audit!(done);
  expect(await ahead.shown()).toBe(false);
});

it("gives up the read under way where the change fails, and where the caller does", async () => {
  for (const end of ["failure", "caller"] as const) {
    const caller = new AbortController();
    let signal: AbortSignal | undefined;
    const isDone = (own: Call) => {
      signal = own.signal;
      return new Promise<boolean>((_, failed) => own.signal.addEventListener("abort", () => failed(own.signal.reason)));
    };
    const ahead = lookAhead(isDone, { signal: caller.signal });
    ahead.call.audit!(intent);
    await vi.waitFor(() => expect(signal).toBeDefined());
    if (end === "failure") ahead.call.audit!({ phase: "outcome", request, error: "HTTP 503" });
    else caller.abort();
    expect(signal!.aborted).toBe(true);
    expect(await ahead.shown()).toBe(false);
  }
});

it("tells the call's own audit first, and reads nothing where that fails", async () => {
  const isDone = vi.fn(async () => true);
  const audit = () => {
    throw new Error("the disk is full");
  };
  const ahead = lookAhead(isDone, { ...call(), audit }, async () => {});
  expect(() => ahead.call.audit!(intent)).toThrow("the disk is full");
  await after(0);
  expect(isDone).not.toHaveBeenCalled();
});
