import { randomBytes } from "node:crypto";
import { EncryptJWT, jwtDecrypt } from "jose";
import type { Clock } from "../../runtime/clock.ts";

/** What a sign-in that is under way has to remember. */
export interface SignInState {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** How long a sign-in may take, in seconds. */
export const SIGN_IN_SECONDS = 600;

/** Keeps what sign-ins under way remember in a cookie that only this process can read, so that none fill its memory. */
export class SealedStates {
  readonly #key = randomBytes(32);
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  seal({ state, nonce, verifier }: SignInState): Promise<string> {
    return new EncryptJWT({ state, nonce, verifier })
      .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
      .setExpirationTime(Math.floor(this.#clock.now() / 1000) + SIGN_IN_SECONDS)
      .encrypt(this.#key);
  }

  /** `undefined` for what was not sealed here, was altered, or is too old. */
  async open(sealed: string): Promise<SignInState | undefined> {
    try {
      const { payload } = await jwtDecrypt(sealed, this.#key, {
        currentDate: new Date(this.#clock.now()),
        keyManagementAlgorithms: ["dir"],
        contentEncryptionAlgorithms: ["A256GCM"],
        requiredClaims: ["exp"],
      });
      const { state, nonce, verifier } = payload;
      if (typeof state !== "string" || typeof nonce !== "string" || typeof verifier !== "string") return undefined;
      return { state, nonce, verifier };
    } catch {
      return undefined;
    }
  }
}
