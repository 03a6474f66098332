import type { DatabaseSync } from "node:sqlite";
import type { Gap } from "../../baton/access/findings/findings.ts";
import { SEVERITIES } from "../../baton/model/finding.ts";
import { type ResourceKey, resourceKey } from "../../baton/model/ids.ts";
import type { FindingCounts, FindingRow, RuleInfo, Severity } from "../api/contract.ts";
import { fold } from "../catalog/fold.ts";
import type { NamesCatalog } from "../catalog/names.ts";

/** Which findings are wanted. */
export interface FindingsQuery {
  readonly severities: readonly string[];
  readonly rule?: string | undefined;
  readonly subject?: ResourceKey | undefined;
  readonly q: string;
}

/** What the rules found in a sync. */
export class JudgedFindings {
  readonly #db: DatabaseSync;
  readonly #names: NamesCatalog;
  #counted: FindingCounts | undefined;
  #judged: readonly RuleInfo[] | undefined;

  /** `db` was written by `writeFindings`. */
  constructor(db: DatabaseSync, names: NamesCatalog) {
    this.#db = db;
    this.#names = names;
  }

  /** Findings from a place on, worst first. */
  list(query: FindingsQuery, after: number, limit: number): { readonly place: number; readonly row: FindingRow }[] {
    const { sql, values } = conditions(query);
    const rows = this.#db
      .prepare(`SELECT * FROM finding WHERE ${sql} AND place > ? ORDER BY place LIMIT ?`)
      .all(...values, after, limit);
    return rows.map((row) => ({ place: Number(row.place), row: this.#row(row) }));
  }

  count(query: FindingsQuery): number {
    const { sql, values } = conditions(query);
    return Number(this.#db.prepare(`SELECT count(*) AS n FROM finding WHERE ${sql}`).get(...values)?.n);
  }

  counts(): FindingCounts {
    this.#counted ??= this.#count();
    return this.#counted;
  }

  #count(): FindingCounts {
    const rows = this.#db.prepare("SELECT severity, count(*) AS n FROM finding GROUP BY 1").all();
    const found = new Map(rows.map(({ severity, n }) => [String(severity), Number(n)]));
    const bySeverity = Object.fromEntries(SEVERITIES.map((severity) => [severity, found.get(severity) ?? 0]));
    const rules = this.rules();
    return {
      total: rows.reduce((sum, { n }) => sum + Number(n), 0),
      bySeverity: bySeverity as Record<Severity, number>,
      rulesNotJudged: rules.filter(({ notKnown }) => notKnown.length > 0).length,
      rules: rules.length,
    };
  }

  /** Every rule, with what it could not tell. */
  rules(): readonly RuleInfo[] {
    this.#judged ??= this.#readRules();
    return this.#judged;
  }

  #readRules(): RuleInfo[] {
    return this.#db
      .prepare("SELECT * FROM rule ORDER BY place")
      .all()
      .map(({ value, findings }) => {
        const { gaps, ...rule } = JSON.parse(String(value)) as Omit<RuleInfo, "findings" | "notKnown"> & {
          gaps: Gap[];
        };
        const notKnown = gaps.map(({ reason, subjects, example }) => ({
          reason,
          subjects,
          example: example === undefined ? null : this.#names.thing(example),
        }));
        return { ...rule, findings: Number(findings), notKnown };
      });
  }

  close(): void {
    this.#db.close();
  }

  #row({ rule, severity, value }: Record<string, unknown>): FindingRow {
    const { subject, what, path, fingerprint, title } = JSON.parse(String(value));
    return {
      rule: String(rule),
      title,
      severity: String(severity) as Severity,
      subject: this.#names.thing(subject),
      what,
      path: path.map((key: ResourceKey) => this.#names.thing(key)),
      fingerprint,
    };
  }
}

function conditions({ severities, rule, subject, q }: FindingsQuery): { sql: string; values: string[] } {
  const words = fold(q)
    .split(" ")
    .filter((word) => word !== "")
    .slice(0, 8);
  const parts: [string, string[]][] = [
    severities.length === 0 ? ["1", []] : [`severity IN (${severities.map(() => "?").join(", ")})`, [...severities]],
    rule === undefined ? ["1", []] : ["rule = ?", [rule]],
    subject === undefined ? ["1", []] : ["subject = ?", [resourceKey(subject.type, subject.id)]],
    [words.map(() => "instr(text, ?) > 0").join(" AND ") || "1", words],
  ];
  return { sql: parts.map(([sql]) => sql).join(" AND "), values: parts.flatMap(([, values]) => values) };
}
