import { expect, it } from "vitest";
import { didYouMean } from "../../src/runtime/did-you-mean.ts";

it("finds the name that was meant, and none where nothing is near", () => {
  const names = ["domain", "api-token", "sync-secrets", "sync"];
  expect(didYouMean("domian", names)).toBe("domain");
  expect(didYouMean("api-tokn", names)).toBe("api-token");
  expect(didYouMean("snyc", names)).toBe("sync");
  expect(didYouMean("sync-secret", names)).toBe("sync-secrets");
  expect(didYouMean("zebra", names)).toBeUndefined();
});
