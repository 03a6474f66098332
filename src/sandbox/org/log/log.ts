import { randomUUID } from "node:crypto";
import type { Clock } from "../../../runtime/clock.ts";
import type { JsonObject } from "../types.ts";

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

/** What happened. */
export interface Happening {
  readonly eventType: string;
  readonly displayMessage: string;
  readonly actor: LogParty;
  readonly targets: readonly LogParty[];
  readonly requestId: string;
  readonly userAgent?: string | undefined;
  /** Where it happened earlier than now: milliseconds since the epoch, not before the entry before it. */
  readonly at?: number;
}

/** The system log: entries in the order of their `published`, which no two entries share. */
export class SystemLog {
  readonly entries: LogEntry[] = [];
  readonly #clock: Clock;
  #last = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Adds an entry. */
  add(what: Happening): void {
    this.#last = Math.max(this.#last + 1, what.at ?? this.#clock.now());
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
      debugContext: { debugData: { requestId: what.requestId } },
      transaction: { type: "WEB", id: what.requestId, detail: {} },
      uuid: randomUUID(),
      version: "0",
      request: { ipChain: [{ ip: "127.0.0.1", version: "V4" }] },
      target: what.targets,
    });
  }

  /** The index of the first entry at or after a time in milliseconds since the epoch. */
  firstSince(time: number): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (Date.parse(this.entries[middle]!.published) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
