import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** A token that lets one in, once. */
export class OneTimeToken {
  /** As it stands in the address: 32 random bytes, base64url. */
  readonly text: string;
  readonly #hash: Buffer;
  #used = false;

  constructor(bytes: Buffer = randomBytes(32)) {
    this.text = bytes.toString("base64url");
    this.#hash = sha256(this.text);
  }

  /** Whether it is this one and was not used before; it is used then. How long that takes tells nothing of the token. */
  use(given: string): boolean {
    if (!timingSafeEqual(sha256(given), this.#hash) || this.#used) return false;
    this.#used = true;
    return true;
  }
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
