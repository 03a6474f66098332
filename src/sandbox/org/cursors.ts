import { createCipheriv, createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { invalid } from "./errors.ts";

const TAG_BYTES = 16;

/**
 * Makes and reads `after` cursors. A cursor holds all that is needed to go on, so nothing is kept between calls, and it
 * is encrypted and signed, so that it can neither be guessed nor built.
 */
export class Cursors {
  readonly #signing: Buffer;
  readonly #encrypting: Buffer;

  /** Cursors made with the same `secret` stay good when the sandbox is started again. */
  constructor(secret: string) {
    this.#signing = Buffer.from(hkdfSync("sha256", secret, "", "cursor signing", 32));
    this.#encrypting = Buffer.from(hkdfSync("sha256", secret, "", "cursor encryption", 16));
  }

  /** The cursor that continues `list` behind `position`. */
  make(list: string, position: number): string {
    const plain = Buffer.from(`${position} ${list}`);
    const tag = this.#tag(plain);
    const cipher = createCipheriv("aes-128-ctr", this.#encrypting, tag);
    return Buffer.concat([tag, cipher.update(plain), cipher.final()]).toString("base64url");
  }

  /** The position that a cursor of `list` stands for; throws Okta's validation error on anything else. */
  read(list: string, cursor: string): number {
    const bytes = Buffer.from(cursor, "base64url");
    if (bytes.length > TAG_BYTES && bytes.toString("base64url") === cursor) {
      const tag = bytes.subarray(0, TAG_BYTES);
      const decipher = createDecipheriv("aes-128-ctr", this.#encrypting, tag);
      const plain = Buffer.concat([decipher.update(bytes.subarray(TAG_BYTES)), decipher.final()]);
      if (timingSafeEqual(tag, this.#tag(plain))) {
        const text = plain.toString();
        const space = text.indexOf(" ");
        if (text.slice(space + 1) === list) return Number(text.slice(0, space));
      }
    }
    throw invalid("after", ["after: The cursor is invalid or has expired."]);
  }

  #tag(plain: Buffer): Buffer {
    return createHmac("sha256", this.#signing).update(plain).digest().subarray(0, TAG_BYTES);
  }
}
