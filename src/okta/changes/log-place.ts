import { deflateRawSync, inflateRawSync } from "node:zlib";
import { isObject } from "../../baton/model/values.ts";
import { isOnEndpoint } from "../api/paths.ts";
import { MEMBERSHIP_EVENTS } from "./events.ts";
import { filterOf, LOGS } from "./log.ts";

/** Where the log of memberships goes on. */
export interface LogPlace {
  /** Path and query of the next page. */
  readonly path: string;
  /** Okta's time when the place was taken, in milliseconds since the Unix epoch. */
  readonly at: number;
}

/** Has Okta leave out what says nothing of memberships. */
export const MEMBERSHIP_FILTER = filterOf(MEMBERSHIP_EVENTS);

/** The bytes that a place may have, once unpacked. */
const MAX_PLACE_BYTES = 64 << 10;

/** The log of memberships from a time on, which is a text of the RFC 3339. */
export function pathSince(since: string): string {
  return `${LOGS}?sortOrder=ASCENDING&limit=1000&since=${encodeURIComponent(since)}&filter=${MEMBERSHIP_FILTER}`;
}

/** Most of a place is the filter, which comes back in each link: it is packed against it. */
const DICTIONARY = Buffer.from(`{"path":"${pathSince("2026-01-01T00:00:00.000Z")}","at":17`);

/** A place as a text, short, as clients keep it with each group and app. */
export function packPlace({ path, at }: LogPlace): string {
  return deflateRawSync(JSON.stringify({ path, at }), { dictionary: DICTIONARY }).toString("base64url");
}

/** The place of a text; `undefined` where it is none of this version's. */
export function unpackPlace(text: string): LogPlace | undefined {
  try {
    const bytes = inflateRawSync(Buffer.from(text, "base64url"), {
      dictionary: DICTIONARY,
      maxOutputLength: MAX_PLACE_BYTES,
    });
    const place: unknown = JSON.parse(bytes.toString("utf8"));
    if (!isObject(place)) return undefined;
    const { path, at } = place;
    return typeof path === "string" && isOnEndpoint(path, LOGS) && typeof at === "number" ? { path, at } : undefined;
  } catch {
    return undefined;
  }
}
