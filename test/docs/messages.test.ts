import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

/** The program's texts, whatever is put into them replaced by `…`. */
function textsOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "gen" || entry.name === "sandbox" ? [] : textsOf(path);
    return path.endsWith(".ts") ? literalsOf(readFileSync(path, "utf8")) : [];
  });
}

/** The string and template literals of a source file, on whichever line. */
function literalsOf(source: string): string[] {
  const plain = [...source.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map(([, text]) => text!.replaceAll('\\"', '"'));
  const templates = [...source.matchAll(/`((?:[^`\\$]|\\.|\$(?!\{)|\$\{(?:[^{}`]|\{[^{}]*\}|`[^`]*`)*\})*)`/g)].map(
    ([, text]) => text!.replace(/\$\{(?:[^{}`]|\{[^{}]*\}|`[^`]*`)*\}/g, "…"),
  );
  return [...plain, ...templates];
}

const TEXTS = textsOf("src");

/** The words of a message between what differs. */
function piecesOf(message: string): string[] {
  return message
    .toLowerCase()
    .split("…")
    .map((piece) => piece.replace(/^[\s:(),]+|[\s:(),]+$/g, ""))
    .filter((piece) => piece !== "");
}

/** Whether the pieces are all in the text, in their order. */
function holds(text: string, pieces: readonly string[]): boolean {
  let at = 0;
  return pieces.every((piece) => {
    const found = text.toLowerCase().indexOf(piece, at);
    at = found + piece.length;
    return found !== -1;
  });
}

/** A documented message fits a text of the program where one of them holds the words of the other in their order. */
function isInProgram(message: string): boolean {
  const words = piecesOf(message);
  return TEXTS.some((text) => {
    if (holds(text, words)) return true;
    const pieces = piecesOf(text);
    return pieces.join(" ").split(" ").length > 4 && text.includes("…") && holds(message, pieces);
  });
}

const page = readFileSync("docs/troubleshooting.md", "utf8");
const documented = [...page.matchAll(/^### (.+)$/gm)].map(([, message]) => message!);

test("each documented message is one that the program can say", () => {
  expect(documented.length).toBeGreaterThan(50);
  expect(documented.filter((message) => !isInProgram(message))).toEqual([]);
});

test("a message that the program cannot say is found out", () => {
  expect(isInProgram("the host … is unheard of")).toBe(false);
  expect(isInProgram("is not known … the host")).toBe(false);
});

/** Where what goes wrong on the way to Okta and on the disk is put into words. */
const SOURCES = [
  ["src/okta/api/http/network-errors.ts"],
  ["src/okta/api/auth/token-endpoint.ts", "src/okta/api/auth/token-refusal.ts"],
  ["src/baton/sync/failures.ts"],
];

test.each(SOURCES)("what %s can say is documented", (...files) => {
  const pieces = documented.map(piecesOf);
  const messages = files
    .flatMap((file) => readFileSync(file, "utf8").split("\n"))
    .filter((line) => /^\s*(return \{ )?message: [`"]/.test(line))
    .flatMap(literalsOf)
    .filter((text) => text.split(" ").length > 3 && !NOT_AN_ERROR.includes(text));
  expect(messages.length).toBeGreaterThan(2);
  const missing = messages.filter((text) => !pieces.some((all) => holds(text, all)));
  expect(missing).toEqual([]);
});

const NOT_AN_ERROR = [
  "asking for the access token again",
  "the certificate of … …",
  "… answered without an access token",
];
