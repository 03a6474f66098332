import { expect, test } from "vitest";
import type { Platform } from "../../src/baton/service/platform/platform.ts";
import { watched } from "../../src/cli/daemon/watched-platform.ts";
import { Failure, type FailureKind } from "../../src/runtime/failure.ts";

test("the platform is there as long as it answers, be it with a refusal of what was asked", async () => {
  let fails: FailureKind | undefined;
  const bare = {
    call: async () => {
      if (fails !== undefined) throw new Failure({ kind: fails, message: `it is ${fails}` });
      return "answer";
    },
  } as unknown as Platform;
  const { platform, check } = watched(bare);
  const limits = { signal: new AbortController().signal, deadline: 0 };
  const ask = () => (platform.call as () => Promise<unknown>)().catch((error: Failure) => error.kind);
  await expect(check(limits)).rejects.toThrow("has not answered yet");
  expect(await ask()).toBe("answer");
  await check(limits);
  for (const kind of ["unavailable", "deadlineExceeded", "unauthenticated"] as const) {
    fails = kind;
    expect(await ask()).toBe(kind);
    await expect(check(limits)).rejects.toThrow(`it is ${kind}`);
  }
  fails = "notFound";
  await ask();
  await check(limits);
});
