import { createHash, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Clock } from "../../../runtime/clock.ts";
import { Failure } from "../../../runtime/failure.ts";
import { Secret } from "../../../runtime/secrets/secret.ts";

/** Milliseconds for which the file is not read again. */
const FRESH_MS = 1_000;

/** Reads the first token of a file. Throws a {@link Failure} of kind `usage`. */
export async function readToken(path: string): Promise<Secret> {
  const [first] = await readTokens(path);
  return first!;
}

/**
 * Reads the tokens of a file, one a line, without the white space around them: at least one. Throws a {@link Failure} of
 * kind `usage`.
 */
export async function readTokens(path: string): Promise<readonly Secret[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    const { code = "unknown reason" } = cause as NodeJS.ErrnoException;
    throw new Failure({ kind: "usage", message: `the token file ${path} cannot be read (${code})`, cause });
  }
  const tokens = text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (tokens.length === 0) throw new Failure({ kind: "usage", message: `the token file ${path} is empty` });
  return tokens.map((token) => new Secret(token));
}

/**
 * Checks `authorization` headers against the tokens in a file, which may be replaced while the server runs: each of them
 * is good, so that an old one and its successor overlap. A file that cannot be read lets nobody in.
 */
export class BearerCheck {
  readonly #path: string;
  readonly #clock: Clock;
  #tokens: Promise<readonly Secret[]> | undefined;
  #readAt = 0;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  /** Throws a {@link Failure} of kind `unauthenticated` unless the header carries one of the tokens. */
  async check(header: string | undefined): Promise<void> {
    const now = this.#clock.now();
    if (this.#tokens === undefined || now - this.#readAt >= FRESH_MS || now < this.#readAt) {
      this.#readAt = now;
      this.#tokens = readTokens(this.#path);
    }
    const tokens = await this.#tokens.catch(() => []);
    const given = /^Bearer +(\S+) *$/i.exec(header ?? "")?.[1];
    if (given !== undefined && isAnyOf(given, tokens)) return;
    throw new Failure({
      kind: "unauthenticated",
      message: given === undefined ? "the call carries no bearer token" : "the call's bearer token is not accepted",
      advice: "send it as metadata: authorization: Bearer <token>",
    });
  }
}

/** Compares digests, whose length tells nothing of the tokens', with all of them, however soon one fits. */
function isAnyOf(given: string, tokens: readonly Secret[]): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const asked = digest(given);
  return tokens.filter((token) => timingSafeEqual(asked, digest(token.reveal()))).length > 0;
}
