import type { Clock } from "../../../runtime/clock.ts";
import type { Random } from "../random.ts";
import type { JsonObject } from "../types.ts";
import { type EventType, MESSAGES } from "./messages.ts";

/** An actor or a target of a log entry (Okta Management API: LogActor, LogTarget). */
export interface LogParty {
  readonly id: string;
  readonly type: string;
  readonly alternateId: string;
  readonly displayName: string;
}

/** A log entry as Okta shows it (Okta Management API: LogEvent). */
export interface LogEntry extends JsonObject {
  readonly uuid: string;
  readonly published: string;
  readonly eventType: string;
}

/** Who causes what is written to the log, and by which request. */
export interface LogOrigin {
  readonly actor: LogParty;
  readonly requestId: string;
  readonly userAgent?: string | undefined;
}

/** An event that is not in the log yet. */
export interface NewEvent extends LogOrigin {
  readonly eventType: string;
  readonly displayMessage: string;
  readonly targets: readonly LogParty[];
  readonly debugData?: JsonObject;
  /** Where it happened earlier than now: milliseconds since the epoch, not before the entry before it. */
  readonly at?: number;
}

/** Who acts where nobody is named: Okta itself. */
const SYSTEM: LogOrigin = {
  actor: { id: "system@okta.com", type: "SystemPrincipal", alternateId: "system@okta.com", displayName: "Okta System" },
  requestId: "system",
};

/**
 * The system log. An entry has the time at which it happened (`published`); with a delay it is stored, and so seen, up to
 * that much later, and entries may be stored in another order than they happened.
 */
export class SystemLog {
  /** In the order of their `published`, stored or not. */
  readonly entries: LogEntry[] = [];
  /** Milliseconds that an entry may take at most until it is stored. */
  delayMs = 0;
  readonly #clock: Clock;
  readonly #random: () => Random;
  readonly #delays: number[] = [];
  /** Places in `entries`, in the order in which they are stored, and when. */
  readonly #stored: { readonly place: number; readonly at: number }[] = [];
  #ordered = 0;
  #origin = SYSTEM;
  #last = 0;

  /** `random` gives the entries their ids and delays. */
  constructor(clock: Clock, random: () => Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Runs `act`, and attributes what it writes to the log to `origin`. */
  attributedTo<T>(origin: LogOrigin, act: () => T): T {
    const before = this.#origin;
    this.#origin = origin;
    try {
      return act();
    } finally {
      this.#origin = before;
    }
  }

  /** Writes that something has happened now, to those `targets`, caused by whoever acts at the moment. */
  record(eventType: EventType, targets: readonly LogParty[], debugData: JsonObject = {}): void {
    this.add({ ...this.#origin, eventType, displayMessage: MESSAGES[eventType], targets, debugData });
  }

  /** Adds an entry. */
  add(what: NewEvent): void {
    this.#last = Math.max(this.#last, what.at ?? this.#clock.now());
    const random = this.#random();
    this.#delays[this.entries.length] = this.delayMs === 0 ? 0 : random.below(this.delayMs + 1);
    this.entries.push({
      actor: what.actor,
      client: {
        userAgent: { rawUserAgent: what.userAgent ?? "unknown", os: "Unknown", browser: "UNKNOWN" },
        zone: "null",
        device: "Unknown",
        ipAddress: "127.0.0.1",
      },
      authenticationContext: { authenticationStep: 0, externalSessionId: "unknown" },
      displayMessage: what.displayMessage,
      eventType: what.eventType,
      outcome: { result: "SUCCESS" },
      published: new Date(this.#last).toISOString(),
      securityContext: { asNumber: null, asOrg: null, isp: null, domain: null, isProxy: null },
      severity: "INFO",
      debugContext: { debugData: { requestId: what.requestId, ...what.debugData } },
      transaction: { type: "WEB", id: what.requestId, detail: {} },
      uuid: random.uuid(),
      version: "0",
      request: { ipChain: [{ ip: "127.0.0.1", version: "V4" }] },
      target: what.targets,
    });
  }

  /** The index in `entries` of the first one at or after a time in milliseconds since the epoch. */
  firstSince(time: number): number {
    return firstWhere(this.entries.length, (place) => timeOf(this.entries[place]!) >= time);
  }

  /** Whether the entry at an index of `entries` has been stored, and so is seen. */
  isStored(place: number): boolean {
    return this.#delays[place] === undefined || this.#storedAt(place) <= this.#clock.now();
  }

  /** How many entries have been stored. */
  get storedCount(): number {
    this.#order();
    const now = this.#clock.now();
    const delayed = this.delayMs > 0;
    return delayed ? firstWhere(this.#stored.length, (n) => this.#stored[n]!.at > now) : this.#stored.length;
  }

  /** The `n`th entry in the order in which they are stored. */
  stored(n: number): LogEntry {
    this.#order();
    return this.entries[this.#stored[n]!.place]!;
  }

  /** A number of stored entries before which none is from `time` or later. */
  firstStoredSince(time: number): number {
    this.#order();
    return firstWhere(this.#stored.length, (n) => this.#stored[n]!.at >= time);
  }

  #storedAt(place: number): number {
    return timeOf(this.entries[place]!) + (this.#delays[place] ?? 0);
  }

  /** Puts new entries into the order of storing; what has been stored already stays where it is. */
  #order(): void {
    for (; this.#ordered < this.entries.length; this.#ordered++) {
      const at = this.#storedAt(this.#ordered);
      let n = this.#stored.length;
      while (n > 0 && this.#stored[n - 1]!.at > at) n--;
      const item = { place: this.#ordered, at };
      if (n === this.#stored.length) this.#stored.push(item);
      else this.#stored.splice(n, 0, item);
    }
  }
}

function timeOf(entry: LogEntry): number {
  return Date.parse(entry.published);
}

/** The first of `count` numbers for which `test` holds; it must hold for all behind it. */
function firstWhere(count: number, test: (n: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (test(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
