import { expect, test } from "vitest";
import { isEmail } from "../../../src/baton/model/email.ts";

test.each([
  "a@b",
  "ada.lovelace+x@acme.example",
  "o'brien@acme.co.uk",
  "用户@例子.广告",
  "ü@münchen.example",
  `${"a".repeat(64)}@acme.example`,
])("%s is an address", (text) => {
  expect(isEmail(text)).toBe(true);
});

test.each([
  "",
  "a",
  "@b",
  "a@",
  "a@@b",
  "a@b@c",
  "a b@c",
  ".a@b",
  "a.@b",
  "a..b@c",
  "a@b..c",
  "a@-b",
  "a@b.",
  "a\n@b",
  "a@b\u0000",
  "<a@b>",
  "a,b@c",
  `${"a".repeat(65)}@acme.example`,
  `a@${"b".repeat(260)}`,
])("%j is none", (text) => {
  expect(isEmail(text)).toBe(false);
});
