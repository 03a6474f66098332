import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Failure } from "../../../runtime/failure.ts";

/** A token that clients may send: only its hash is kept. */
export interface Token {
  readonly name: string;
  /** SHA-256. Tokens are random and long, so that nothing slower is needed. */
  readonly hash: Buffer;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt?: number;
  /** Whether the file holds the token itself in place of its hash. */
  readonly isPlain: boolean;
}

const HASHED = /^sha256:([0-9a-f]{64})$/i;
const TIME = /:(\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?)$/i;

/**
 * Reads a token file, one token a line: `name:sha256:HASH`, `name:TOKEN` or `TOKEN`, each with `:EXPIRY` (a day or a time
 * as RFC 3339) behind it if it ends. Empty lines and those with # in front are passed over. Throws a {@link Failure} of
 * kind `usage`, which never holds a token.
 */
export async function readTokenFile(path: string): Promise<Token[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    const { code = "unknown reason" } = cause as NodeJS.ErrnoException;
    throw new Failure({
      kind: "usage",
      message: `the token file ${path} cannot be read (${code})`,
      advice: "make one with baton-okta scim token NAME --token-file FILE",
      cause,
    });
  }
  return parseTokens(text, path);
}

/** Reads the text of a token file. Throws a {@link Failure} of kind `usage`. */
export function parseTokens(text: string, path: string): Token[] {
  const tokens: Token[] = [];
  for (const [at, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const token = parseLine(line, `token-${at + 1}`);
    if (token === undefined) {
      throw new Failure({
        kind: "usage",
        message: `line ${at + 1} of the token file ${path} is no token`,
        advice: "write it as name:sha256:HASH or name:TOKEN, with :2027-01-31 behind it where it ends",
      });
    }
    tokens.push(token);
  }
  if (tokens.length === 0) throw new Failure({ kind: "usage", message: `the token file ${path} holds no token` });
  return tokens;
}

/** Makes a token, and the line that a token file keeps of it. */
export function newToken(name: string, expiry: string | undefined): { token: string; line: string } {
  const token = randomBytes(32).toString("base64url");
  const end = expiry === undefined ? "" : `:${expiry}`;
  return { token, line: `${name}:sha256:${hashOf(token).toString("hex")}${end}` };
}

/** A token's hash. */
export function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function parseLine(line: string, number: string): Token | undefined {
  const expiry = TIME.exec(line)?.[1];
  const rest = expiry === undefined ? line : line.slice(0, -expiry.length - 1);
  const colon = rest.startsWith("sha256:") ? -1 : rest.indexOf(":");
  const name = colon < 0 ? number : rest.slice(0, colon).trim();
  const secret = rest.slice(colon + 1).trim();
  const expiresAt = expiry === undefined ? undefined : endOf(expiry);
  if (name === "" || secret === "" || /\s/.test(secret) || Number.isNaN(expiresAt)) return undefined;
  const hex = HASHED.exec(secret)?.[1];
  if (hex === undefined && /^sha256:/i.test(secret)) return undefined;
  return {
    name,
    hash: hex === undefined ? hashOf(secret) : Buffer.from(hex, "hex"),
    isPlain: hex === undefined,
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

/** A day ends with its last millisecond, in UTC. */
function endOf(expiry: string): number {
  return expiry.length === 10 ? Date.parse(`${expiry}T23:59:59.999Z`) : Date.parse(expiry);
}
