import type { DatabaseSync } from "node:sqlite";

/** How an incremental sync is made, and how far it is: a few values that outlive a kill. */
export class Meta {
  readonly #get;
  readonly #set;

  constructor(db: DatabaseSync) {
    this.#get = db.prepare("SELECT value FROM work_incremental WHERE key = ?");
    this.#set = db.prepare("INSERT OR REPLACE INTO work_incremental (key, value) VALUES (?, ?)");
  }

  get(key: string): string | undefined {
    return this.#get.get(key)?.value as string | undefined;
  }

  set(key: string, value: string): void {
    this.#set.run(key, value);
  }

  number(key: string): number {
    return Number(this.get(key) ?? 0);
  }

  add(key: string, more: number): void {
    if (more !== 0) this.set(key, String(this.number(key) + more));
  }

  list(key: string): string[] {
    return JSON.parse(this.get(key) ?? "[]") as string[];
  }

  /** Adds a text to a list, once. */
  note(key: string, text: string): void {
    this.set(key, JSON.stringify([...new Set([...this.list(key), text])]));
  }
}
