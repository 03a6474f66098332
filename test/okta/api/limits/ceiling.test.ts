import { expect, test } from "vitest";
import { Ceiling } from "../../../../src/okta/api/limits/ceiling.ts";

test("a refusal halves what may be under way, once for all that were sent before it", () => {
  const ceiling = new Ceiling(8);
  const sent = Array.from({ length: 8 }, () => ceiling.send());
  expect(ceiling.slots).toBe(8);
  ceiling.lower(sent[0]!, 7);
  expect(ceiling.slots).toBe(4);
  ceiling.lower(sent[7]!, 6);
  expect(ceiling.slots).toBe(4);
  ceiling.lower(ceiling.send(), 3);
  expect(ceiling.slots).toBe(2);
});

test("answers raise it slowly, never beyond what was set; one request may always be sent", () => {
  const ceiling = new Ceiling(3);
  for (let i = 0; i < 5; i++) ceiling.lower(ceiling.send(), 0);
  expect(ceiling.slots).toBe(1);
  ceiling.raise();
  expect(ceiling.slots).toBe(2);
  for (let i = 0; i < 20; i++) ceiling.raise();
  expect(ceiling.slots).toBe(3);
});
