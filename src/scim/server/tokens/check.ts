import { timingSafeEqual } from "node:crypto";
import type { Clock } from "../../../runtime/clock.ts";
import type { Log } from "../../../runtime/log/log.ts";
import { ScimError } from "../../protocol/error.ts";
import { hashOf, readTokenFile, type Token } from "./file.ts";

/** Milliseconds for which the file is not read again. */
const FRESH_MS = 1_000;

/** How long before its end a token is warned of, in milliseconds. */
const WARN_MS = 14 * 86_400_000;

const DAY_MS = 86_400_000;

/**
 * Checks `Authorization` headers against the tokens of a file, which may change while the receiver runs: so an old token
 * and its successor overlap. Where the changed file cannot be read, the tokens that were read last stay good until they
 * expire, since Okta tells of a deactivation once.
 */
export class TokenCheck {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #log: Log;
  #tokens: readonly Token[] = [];
  #readAt = Number.NEGATIVE_INFINITY;
  #failing = false;
  readonly #warned = new Map<string, number>();

  constructor(path: string, clock: Clock, log: Log) {
    this.#path = path;
    this.#clock = clock;
    this.#log = log;
  }

  /** Reads the file for the first time. Throws a `Failure` of kind `usage` where it is of no use. */
  async open(): Promise<void> {
    this.#take(await readTokenFile(this.#path));
  }

  /** The name of the token that a header carries. Throws a {@link ScimError} of status 401 where it carries none. */
  async check(header: string | undefined): Promise<string> {
    await this.#refresh();
    const now = this.#clock.now();
    const given = credentialOf(header);
    if (given !== undefined) {
      const hash = hashOf(given);
      const found = this.#tokens.filter((token) => timingSafeEqual(token.hash, hash));
      const good = found.find(({ expiresAt = Number.POSITIVE_INFINITY }) => expiresAt >= now);
      if (good !== undefined) {
        this.#warnOfEnd(good, now);
        return good.name;
      }
      const [expired] = found;
      if (expired?.expiresAt !== undefined && expired.expiresAt < now) this.#warnOfEnd(expired, now);
    }
    throw new ScimError(401, given === undefined ? "the request carries no token" : "the token is not accepted");
  }

  /** When each of the tokens expires, in milliseconds since the Unix epoch, for those that do. */
  expiries(): { name: string; expiresAt: number }[] {
    return this.#tokens.flatMap(({ name, expiresAt }) => (expiresAt === undefined ? [] : [{ name, expiresAt }]));
  }

  async #refresh(): Promise<void> {
    const now = this.#clock.now();
    if (now - this.#readAt < FRESH_MS && now >= this.#readAt) return;
    this.#readAt = now;
    try {
      this.#take(await readTokenFile(this.#path));
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#log.warn("the token file is of no use now; the tokens read before stay", { error });
      this.#failing = true;
    }
  }

  #take(tokens: readonly Token[]): void {
    const plain = tokens.filter(({ isPlain }) => isPlain).map(({ name }) => name);
    const isNew = plain.some((name) => !this.#tokens.some((had) => had.name === name && had.isPlain));
    this.#tokens = tokens;
    if (isNew) {
      this.#log.warn("tokens stand in the token file themselves: baton-okta scim token keeps a hash in their place", {
        tokens: plain.join(", "),
      });
    }
  }

  #warnOfEnd({ name, expiresAt }: Token, now: number): void {
    if (expiresAt === undefined || expiresAt - now > WARN_MS) return;
    if (now - (this.#warned.get(name) ?? Number.NEGATIVE_INFINITY) < DAY_MS) return;
    this.#warned.set(name, now);
    const end = new Date(expiresAt).toISOString();
    if (expiresAt < now) this.#log.error("a token that has expired is still in use", { token: name, expired: end });
    else this.#log.warn("a token that is in use expires soon", { token: name, expires: end });
  }
}

/** What a header carries: Okta sends a bearer token, HTTP Basic or a header's bare text, as the app is set up. */
function credentialOf(header: string | undefined): string | undefined {
  const text = header?.trim() ?? "";
  const bearer = /^Bearer\s+(\S+)$/i.exec(text)?.[1];
  if (bearer !== undefined) return bearer;
  const basic = /^Basic\s+(\S+)$/i.exec(text)?.[1];
  // The token is the password; the user's name is for whoever reads the settings in Okta.
  if (basic !== undefined) return /^[^:]*:(.+)$/s.exec(Buffer.from(basic, "base64").toString("utf8"))?.[1];
  return text === "" || /\s/.test(text) ? undefined : text;
}
