import { expect, test } from "vitest";
import { reachedOf } from "../../../src/okta/plan/reached.ts";

const bucket = (name: string, calls: number, limit = 100) => ({
  ...{ name, limit, remaining: 0, calls, waits: 0, waitedMs: 0, refusals: 0, inFlight: 0, waiting: 0 },
});

test("what was reached is the time that the deciding limit alone takes, of the time that reading took", () => {
  const views = [bucket("/api/v1/apps", 5), bucket("/api/v1/apps/{id}/users", 495), bucket("/api/v1/users", 300, 600)];
  expect(reachedOf(views, 300_000)).toEqual({ floorMs: 240_000, bucket: "/api/v1/apps/*", share: 0.8 });
  expect(reachedOf(views, 200_000)?.share).toBe(1);
});

test("nothing is said where the limits do not decide", () => {
  expect(reachedOf([bucket("/api/v1/apps/{id}/users", 150)], 40_000)).toBeUndefined();
  expect(reachedOf([], 40_000)).toBeUndefined();
});
