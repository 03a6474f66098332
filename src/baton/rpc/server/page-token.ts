import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Clock } from "../../../runtime/clock.ts";
import { Failure } from "../../../runtime/failure.ts";
import type { Cursor } from "../../connector.ts";
import { MAX_PAGE_TOKEN_BYTES } from "./validate.ts";

/** Where a list goes on. */
export interface PageTokenPlace {
  /** Which part of the list. */
  readonly section: number;
  /** The cursors that are left of this part, in the order in which they are read; `null`: from its start. */
  readonly cursors: readonly (Cursor | null)[];
  /** How many items of the first cursor's page were served already. */
  readonly skip?: number;
  /** What the last of them is known by, as pages may have changed meanwhile. */
  readonly anchor?: string;
  /** What the items of a sparse part are known by that were served already. */
  readonly seen?: readonly string[];
  /** What the rows of the scope that is being read are held against later, as it was before they were read. */
  readonly validator?: string;
}

const VERSION = 1;
/** Version and the time of issue, in seconds since the Unix epoch. */
const HEAD = 5;
const MAC = 16;
/** How long a token is good for: what it points at is not kept for ever on the other side either. */
const GOOD_FOR_S = 24 * 3600;
/** What a token's cursors may have in bytes, once unpacked. */
const MAX_CURSORS_BYTES = 16 << 20;

/**
 * Page tokens that any process with the same key can go on from, and none can be changed by accident. Each is bound to
 * the request it came from. They carry no right: whoever makes one up gets no further than a list that the call may ask
 * for anyway, as cursors are checked where they are followed.
 */
export class PageTokens {
  readonly #key: Buffer;
  readonly #clock: Clock;

  /** `key`: whatever all processes that serve the same lists share. */
  constructor(key: Uint8Array, clock: Clock) {
    this.#key = Buffer.from(hkdfSync("sha256", key, "", "baton page token", 32));
    this.#clock = clock;
  }

  /** A token for going on at a place of the list that `binding` names. */
  seal(binding: readonly string[], place: PageTokenPlace): string {
    const body = packed(JSON.stringify(place));
    const head = Buffer.alloc(HEAD);
    head.writeUInt8(VERSION);
    head.writeUInt32BE(Math.floor(this.#clock.now() / 1000), 1);
    const token = Buffer.concat([head, body, this.#mac(binding, head, body)]).toString("base64url");
    if (token.length > MAX_PAGE_TOKEN_BYTES) {
      throw new Failure({ kind: "resourceExhausted", message: "what is left of the list does not fit a page token" });
    }
    return token;
  }

  /** The place that a token names. Throws a {@link Failure} of kind `invalidArgument` for one that is not of this list. */
  open(binding: readonly string[], token: string): PageTokenPlace {
    const bytes = Buffer.from(token, "base64url");
    // Base64 has several spellings of the same bytes: only the one that was given out is taken.
    if (bytes.length < HEAD + MAC || bytes.toString("base64url") !== token)
      throw refused("is not one of this server's");
    const head = bytes.subarray(0, HEAD);
    const body = bytes.subarray(HEAD, -MAC);
    if (head[0] !== VERSION || !timingSafeEqual(bytes.subarray(-MAC), this.#mac(binding, head, body))) {
      throw refused("does not belong to this list");
    }
    const age = this.#clock.now() / 1000 - head.readUInt32BE(1);
    if (age > GOOD_FOR_S) throw refused("is older than a day");
    return placeIn(body);
  }

  #mac(binding: readonly string[], head: Uint8Array, body: Uint8Array): Buffer {
    const bound = Buffer.from(JSON.stringify(binding));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bound.length);
    const mac = createHmac("sha256", this.#key).update(length).update(bound).update(head).update(body);
    return mac.digest().subarray(0, MAC);
  }
}

/** Bytes up to which a body is not worth compressing: it shrinks by little, and a compressor costs more than the rest. */
const MAX_STORED_BYTES = 512;

/** A text as raw DEFLATE: a short one as a stored block, which whatever inflates it reads as well. Source: RFC 1951, 3.2.4. */
function packed(text: string): Buffer {
  const length = Buffer.byteLength(text);
  if (length > MAX_STORED_BYTES) return deflateRawSync(text);
  const block = Buffer.alloc(5 + length);
  block.writeUInt8(1);
  block.writeUInt16LE(length, 1);
  block.writeUInt16LE(~length & 0xffff, 3);
  block.write(text, 5);
  return block;
}

/** What a body says, which anybody may have made. */
function placeIn(body: Uint8Array): PageTokenPlace {
  try {
    const place: unknown = JSON.parse(inflateRawSync(body, { maxOutputLength: MAX_CURSORS_BYTES }).toString("utf8"));
    if (isPlace(place)) return place;
  } catch {
    // Neither packed nor JSON: nothing that this program made.
  }
  throw refused("is not one of this server's");
}

function isPlace(value: unknown): value is PageTokenPlace {
  if (!isObject(value)) return false;
  const { section, cursors, skip, anchor, seen, validator } = value;
  return (
    isCount(section) &&
    Array.isArray(cursors) &&
    cursors.every((cursor) => cursor === null || isObject(cursor)) &&
    (skip === undefined || isCount(skip)) &&
    (anchor === undefined || typeof anchor === "string") &&
    (validator === undefined || typeof validator === "string") &&
    (seen === undefined || (Array.isArray(seen) && seen.every((one) => typeof one === "string")))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function refused(what: string): Failure {
  return new Failure({
    kind: "invalidArgument",
    message: `page_token ${what}`,
    advice: "start the list again without one",
    field: "page_token",
  });
}
