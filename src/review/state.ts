import type { Campaign } from "./campaign.ts";
import type { Closed, Decided, JournalRecord, Remediated } from "./journal-records.ts";
import type { Decision, Item, RemediationStatus } from "./population/item.ts";
import { aliasOf } from "./population/people.ts";

const NOBODY: ReadonlySet<string> = new Set();

/** What a review has come to: its items, and all that the journal says of them. */
export class ReviewState {
  readonly campaign: Campaign;
  readonly items: ReadonlyMap<string, Item>;
  readonly #decided = new Map<string, Decided>();
  /** The decisions that later ones took the place of, by item. */
  readonly #earlier = new Map<string, Decided[]>();
  readonly #sheets = new Set<string>();
  readonly #remediated = new Map<string, Remediated>();
  readonly #revoking = new Set<string>();
  readonly #proofs = new Map<string, number>();
  readonly #delegated = new Map<string, string>();
  /** When each reviewer was last given something, or decided, in milliseconds since the Unix epoch. */
  readonly #lastSeen = new Map<string, number>();
  /** When something was last decided or done about an item, and when the last sync began that was held against it; in milliseconds. */
  readonly #lastStep = new Map<string, number>();
  readonly #lastShown = new Map<string, number>();
  #closed: Closed | undefined;
  #fast = 0;

  constructor(campaign: Campaign, items: ReadonlyMap<string, Item>, records: Iterable<JournalRecord>) {
    this.campaign = campaign;
    this.items = items;
    for (const record of records) this.take(record);
  }

  /** Takes in what happened. */
  take(record: JournalRecord): void {
    switch (record.kind) {
      case "decided":
        this.#keepEarlier(record.item);
        if (record.sheet !== "") this.#sheets.add(record.sheet);
        this.#decided.set(record.item, record);
        this.#lastStep.set(record.item, Date.parse(record.time));
        this.#lastSeen.set(record.reviewer, Date.parse(record.time));
        if (record.fast) this.#fast++;
        break;
      case "sheet":
        this.#lastSeen.set(record.reviewer, Date.parse(record.time));
        break;
      case "delegated":
        for (const item of record.items) this.#delegated.set(item, record.to);
        break;
      case "revoking":
        this.#revoking.add(record.item);
        this.#lastStep.set(record.item, Date.parse(record.time));
        break;
      case "remediated":
        this.#revoking.delete(record.item);
        this.#remediated.set(record.item, record);
        if (record.proof?.file) this.#proofs.set(record.item, this.proofs(record.item) + 1);
        if (record.syncStartedAt !== undefined) this.#lastShown.set(record.item, Date.parse(record.syncStartedAt));
        else if (record.proof?.file !== "") this.#lastStep.set(record.item, Date.parse(record.time));
        break;
      case "closed":
        this.#closed = record;
        break;
    }
  }

  get closed(): Closed | undefined {
    return this.#closed;
  }

  /** How many decisions came faster than a person reads, those among them that were changed later. */
  get fastDecisions(): number {
    return this.#fast;
  }

  /** Who decides on an item by now; empty where nobody does. */
  reviewerOf(item: Item): string {
    return this.#delegated.get(item.id) ?? item.reviewer.name;
  }

  /** The items that a reviewer is asked about. */
  *itemsOf(reviewer: string): Generator<Item> {
    for (const item of this.items.values()) if (!item.carried && this.reviewerOf(item) === reviewer) yield item;
  }

  /** Everybody who is asked about something, in order; an empty name for what nobody decides. */
  reviewers(): string[] {
    const found = new Set<string>();
    for (const item of this.items.values()) if (!item.carried) found.add(this.reviewerOf(item));
    return [...found].sort();
  }

  /**
   * Whether a reviewer would decide on their own access: under another name, or as a member of the group that holds it,
   * as far as the population says who is.
   */
  isOwn({ principal, entitlement }: Item, reviewer: string): boolean {
    const alias = aliasOf(reviewer);
    if (principal.aliases.includes(alias)) return true;
    return (
      principal.kind === "group" &&
      this.#membersOf(`${entitlement.id} group ${principal.type}:${principal.id}`).has(alias)
    );
  }

  #members: Map<string, Set<string>> | undefined;

  /** Under what names they go who hold an entitlement through a group. */
  #membersOf(key: string): ReadonlySet<string> {
    if (this.#members === undefined) {
      this.#members = new Map();
      for (const { principal, entitlement, paths } of this.items.values()) {
        for (const path of paths) {
          const group = /^group (.+) (?:stated|deduced)$/.exec(path)?.[1];
          if (group === undefined) continue;
          const names = this.#members.get(`${entitlement.id} group ${group}`) ?? new Set();
          for (const alias of principal.aliases) names.add(alias);
          this.#members.set(`${entitlement.id} group ${group}`, names);
        }
      }
    }
    return this.#members.get(key) ?? NOBODY;
  }

  decided(item: string): Decided | undefined {
    return this.#decided.get(item);
  }

  /** All decisions on an item, the one that counts last. */
  decisions(item: string): readonly Decided[] {
    const last = this.#decided.get(item);
    return last === undefined ? [] : [...(this.#earlier.get(item) ?? []), last];
  }

  /** Whether decisions were taken from a sheet, by its SHA-256. */
  hasTaken(sheet: string): boolean {
    return this.#sheets.has(sheet);
  }

  #keepEarlier(item: string): void {
    const last = this.#decided.get(item);
    if (last === undefined) return;
    const earlier = this.#earlier.get(item);
    if (earlier === undefined) this.#earlier.set(item, [last]);
    else earlier.push(last);
  }

  /** The decision that counts: what was said, an earlier one that is carried, or what no answer means. */
  effective(item: Item): Decision | "UNREVIEWED" {
    const decided = this.#decided.get(item.id);
    if (decided !== undefined) return decided.decision;
    if (item.carried) return "APPROVE";
    const { unanswered } = this.campaign.settings;
    return unanswered === "none" ? "UNREVIEWED" : unanswered === "keep" ? "APPROVE" : "REVOKE";
  }

  remediated(item: string): Remediated | undefined {
    return this.#remediated.get(item);
  }

  /** How many readings are kept of an item. */
  proofs(item: string): number {
    return this.#proofs.get(item) ?? 0;
  }

  /** Whether a revocation was begun whose end is not known. */
  isRevoking(item: string): boolean {
    return this.#revoking.has(item);
  }

  /** Whether a sync that began then (milliseconds since the Unix epoch) shows what came of an item, and no later sync was held against it. */
  isShownBy(item: string, began: number): boolean {
    const lastStep = this.#lastStep.get(item) ?? Date.parse(this.campaign.startedAt);
    return began > lastStep && began >= (this.#lastShown.get(item) ?? 0);
  }

  remediationOf(item: Item): RemediationStatus {
    const remediated = this.#remediated.get(item.id);
    if (remediated !== undefined) return remediated.status;
    return this.effective(item) === "REVOKE" ? "OPEN" : "NONE";
  }

  /** When a reviewer was last given something or decided; the review's start where neither was. Milliseconds since the Unix epoch. */
  lastSeen(reviewer: string): number {
    return this.#lastSeen.get(reviewer) ?? Date.parse(this.campaign.startedAt);
  }
}
