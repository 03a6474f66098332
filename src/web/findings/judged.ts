import type { DatabaseSync } from "node:sqlite";
import type { Gap } from "../../baton/access/findings/findings.ts";
import { SEVERITIES } from "../../baton/model/finding.ts";
import { type ResourceKey, resourceKey } from "../../baton/model/ids.ts";
import type { FindingCounts, FindingRow, RuleInfo, Severity } from "../api/contract.ts";
import type { NamesCatalog } from "../catalog/names.ts";
import { PlacedRows, type Wanted } from "../catalog/placed-rows.ts";

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
  readonly #rows: PlacedRows;
  readonly #names: NamesCatalog;
  #counted: FindingCounts | undefined;
  #judged: readonly RuleInfo[] | undefined;

  /** `db` was written by `writeFindings`. */
  constructor(db: DatabaseSync, names: NamesCatalog) {
    this.#db = db;
    this.#rows = new PlacedRows(db, "finding");
    this.#names = names;
  }

  /** Findings from a place on, worst first. */
  list(query: FindingsQuery, after: number, limit: number): { readonly place: number; readonly row: FindingRow }[] {
    const rows = this.#rows.list(wantedOf(query), query.q, after, limit);
    return rows.map((row) => ({ place: Number(row.place), row: this.#row(row) }));
  }

  count(query: FindingsQuery): number {
    return this.#rows.count(wantedOf(query), query.q);
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

function wantedOf({ severities, rule, subject }: FindingsQuery): Wanted {
  return {
    severity: severities,
    rule: rule === undefined ? [] : [rule],
    subject: subject === undefined ? [] : [resourceKey(subject.type, subject.id)],
  };
}
