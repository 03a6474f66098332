import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { onShutdown } from "../../src/runtime/shutdown.ts";

it("stops on the first signal and ends on the second", () => {
  const source = new EventEmitter();
  const told: number[] = [];
  const shutdown = onShutdown((times) => told.push(times), source);
  expect(shutdown.stop.aborted).toBe(false);
  source.emit("SIGTERM", "SIGTERM");
  expect([shutdown.stop.aborted, shutdown.now.aborted, shutdown.signal]).toEqual([true, false, "SIGTERM"]);
  source.emit("SIGINT", "SIGINT");
  source.emit("SIGINT", "SIGINT");
  expect([shutdown.now.aborted, shutdown.signal]).toEqual([true, "SIGTERM"]);
  expect(told).toEqual([1, 2]);
});

it("leaves the signals alone once disposed", () => {
  const source = new EventEmitter();
  onShutdown(undefined, source).dispose();
  expect(source.eventNames()).toEqual([]);
});
