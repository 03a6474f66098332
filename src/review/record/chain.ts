import type { Json } from "../../baton/connector.ts";
import { canonicalJson, sha256 } from "./canonical.ts";

/** What stands for the hash of a line before the first one. */
export const CHAIN_START = "0".repeat(64);

/** A line of a chained file: its number from 1, and the SHA-256 of the line before (without its line feed). */
export interface Chained {
  readonly n: number;
  readonly prev: string;
}

/** Where a chain goes on: how many lines there are, and the hash of the last. */
export interface ChainHead {
  readonly n: number;
  readonly sha256: string;
}

export const EMPTY_CHAIN: ChainHead = { n: 0, sha256: CHAIN_START };

/** The next line of a chain, with its line feed, and where the chain goes on after it. */
export function chainedLine(head: ChainHead, record: object): { readonly line: string; readonly head: ChainHead } {
  const text = canonicalJson({ ...(record as { [key: string]: Json }), n: head.n + 1, prev: head.sha256 });
  return { line: `${text}\n`, head: { n: head.n + 1, sha256: sha256(text) } };
}

/** Lines of a chain, one by one. */
export function* chainedLines(records: Iterable<object>): Generator<string> {
  let head = EMPTY_CHAIN;
  for (const record of records) {
    const next = chainedLine(head, record);
    head = next.head;
    yield next.line;
  }
}

/** Something that is wrong with a chained file. `line`: from 1. */
export interface Break {
  readonly line: number;
  readonly what: string;
}

/** A chained file, read. */
export interface ReadChain<T> {
  readonly records: readonly (T & Chained)[];
  /** Of each line, its hash. */
  readonly hashes: readonly string[];
  readonly breaks: readonly Break[];
  /** What stands behind the last line feed: a line that was cut off while it was written. Never content. */
  readonly torn: Buffer;
  /** How many bytes whole lines are. */
  readonly bytes: number;
  readonly head: ChainHead;
}

/** Breaks that are reported of one file; after so many the rest is not looked at. */
const MAX_BREAKS = 20;

/**
 * Reads a chained file, and says of each line whether it was changed, inserted, left out or moved. `from`: where the chain
 * goes on, where only what comes after is read.
 */
export function readChain<T>(data: Buffer, from: ChainHead = EMPTY_CHAIN): ReadChain<T> {
  const records: (T & Chained)[] = [];
  const hashes: string[] = [];
  const breaks: Break[] = [];
  let expected = from;
  let at = 0;
  for (let line = from.n + 1; breaks.length < MAX_BREAKS; line++) {
    const end = data.indexOf(0x0a, at);
    if (end === -1) break;
    const raw = data.subarray(at, end);
    at = end + 1;
    const hash = sha256(raw);
    const record = parsed(raw);
    if (record === undefined) {
      breaks.push({ line, what: "was changed: it is no record any more" });
      expected = { n: expected.n + 1, sha256: hash };
    } else {
      const wrong = wrongLink(record, expected, line);
      if (wrong !== undefined) breaks.push(wrong);
      records.push(record as T & Chained);
      expected = { n: record.n, sha256: hash };
    }
    hashes.push(hash);
  }
  const torn = breaks.length < MAX_BREAKS ? data.subarray(at) : Buffer.alloc(0);
  return { records, hashes, breaks, torn, head: expected, bytes: at };
}

function parsed(raw: Buffer): Chained | undefined {
  try {
    const value = JSON.parse(raw.toString()) as Partial<Chained> | null;
    const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
    return isRecord && Number.isSafeInteger(value.n) && typeof value.prev === "string" ? (value as Chained) : undefined;
  } catch {
    return undefined;
  }
}

function wrongLink({ n, prev }: Chained, expected: ChainHead, line: number): Break | undefined {
  if (n === expected.n + 1) {
    if (prev === expected.sha256) return undefined;
    if (n === 1) return { line, what: "was changed: it is not the first record" };
    return { line: line - 1, what: "was changed, or another stands in its place: the line after it does not fit" };
  }
  if (n > expected.n + 1) {
    const [first, last] = [expected.n + 1, n - 1];
    const which = first === last ? `record ${first}` : `records ${first} to ${last}`;
    return { line, what: `was moved, or ${which} before it taken out` };
  }
  const what =
    n === expected.n ? `stands there twice (record ${n}): one was put in` : `was moved or put in (record ${n})`;
  return { line, what };
}
