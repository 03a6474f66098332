import { createHash, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Clock } from "../../runtime/clock.ts";
import { Failure } from "../../runtime/failure.ts";
import { Secret } from "../../runtime/secret.ts";

/** Milliseconds for which the file is not read again. */
const FRESH_MS = 1_000;

/** Reads the token of a file: its text without the white space around it. Throws a {@link Failure} of kind `usage`. */
export async function readToken(path: string): Promise<Secret> {
  let text: string;
  try {
    text = (await readFile(path, "utf8")).trim();
  } catch (cause) {
    const { code = "unknown reason" } = cause as NodeJS.ErrnoException;
    throw new Failure({ kind: "usage", message: `the token file ${path} cannot be read (${code})`, cause });
  }
  if (text === "") throw new Failure({ kind: "usage", message: `the token file ${path} is empty` });
  return new Secret(text);
}

/**
 * Checks `authorization` headers against the token in a file, which may be replaced while the server runs. A file that
 * cannot be read lets nobody in.
 */
export class BearerCheck {
  readonly #path: string;
  readonly #clock: Clock;
  #token: Promise<Secret> | undefined;
  #readAt = 0;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  /** Throws a {@link Failure} of kind `unauthenticated` unless the header carries the token. */
  async check(header: string | undefined): Promise<void> {
    const now = this.#clock.now();
    if (this.#token === undefined || now - this.#readAt >= FRESH_MS || now < this.#readAt) {
      this.#readAt = now;
      this.#token = readToken(this.#path);
    }
    const token = await this.#token.catch(() => undefined);
    const given = /^Bearer +(\S+) *$/i.exec(header ?? "")?.[1];
    if (token !== undefined && given !== undefined && isSame(given, token)) return;
    throw new Failure({
      kind: "unauthenticated",
      message: given === undefined ? "the call carries no bearer token" : "the call's bearer token is not accepted",
      advice: "send it as metadata: authorization: Bearer <token>",
    });
  }
}

/** Compares digests, whose length tells nothing of the token's. */
function isSame(given: string, token: Secret): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token.reveal()));
}
