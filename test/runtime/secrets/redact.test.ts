import { expect, test } from "vitest";
import { redact } from "../../../src/runtime/secrets/redact.ts";
import { Secret } from "../../../src/runtime/secrets/secret.ts";

const TOKEN = "00Xy+Zt/9qLm~Wv&8rB<2kPd=AcEfGhJ";

const FORMS: readonly [string, (text: string) => string][] = [
  ["as it is", (text) => text],
  ["in lower case", (text) => text.toLowerCase()],
  ["in upper case", (text) => text.toUpperCase()],
  ["as in a URL", encodeURIComponent],
  ["as in a URL, in lower case", (text) => encodeURIComponent(text).toLowerCase()],
  ["as in a URL, twice", (text) => encodeURIComponent(encodeURIComponent(text))],
  ["every character as in a URL", (text) => [...text].map((c) => `%${c.charCodeAt(0).toString(16)}`).join("")],
  ["as in HTML", (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("/", "&#47;")],
  ["as in JSON", (text) => text.replaceAll("/", "\\/").replaceAll("<", "\\u003c").replaceAll("&", "\\u0026")],
  ["its beginning", (text) => `${text.slice(0, 14)}...`],
  ["its end", (text) => `...${text.slice(-12)}`],
  ["its middle", (text) => text.slice(8, 20)],
  ["its beginning, in lower case as in a URL", (text) => encodeURIComponent(text.toLowerCase().slice(0, 12))],
];

test.each(FORMS)("a secret is taken out %s", (_how, form) => {
  const quoted = form(TOKEN);
  const told = redact(`Bad token "${quoted}" given to (${quoted}).`, [new Secret(TOKEN)]);
  expect(told).toMatch(/^Bad token "\.{0,3}\[redacted\]\.{0,3}" given to \(\.{0,3}\[redacted\]\.{0,3}\)\.$/);
});

test.each(FORMS.slice(0, 8))("a short password is taken out %s, and half of it", (_how, form) => {
  for (const password of ["aB3!xY7?", "Tr0ub4dor&3", "p<ss/W0rd"]) {
    for (const quoted of [form(password), form(password.slice(0, 6)), form(password.slice(-6))]) {
      expect(redact(`the password ${quoted} is too weak`, [password])).toBe("the password [redacted] is too weak");
    }
  }
});

test("what has nothing to do with the secret stays", () => {
  const text = "The request body was not well-formed: 100%, R&amp;D, a\\b, %zz &#9999999; İstanbul";
  expect(redact(text, [TOKEN, undefined, ""])).toBe(text);
  expect(redact("İİİ 00Xy+Zt/9qLm", [TOKEN])).toBe("İİİ [redacted]");
});

test("several secrets are taken out of one text", () => {
  expect(redact("first-phrase and other-token", ["first-phrase", new Secret("OTHER-TOKEN")])).toBe(
    "[redacted] and [redacted]",
  );
});
