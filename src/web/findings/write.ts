import type { DatabaseSync } from "node:sqlite";
import { evidenceOf } from "../../baton/access/findings/evidence.ts";
import { judge } from "../../baton/access/findings/findings.ts";
import { type Rule, SEVERITIES } from "../../baton/model/finding.ts";
import { resourceKey } from "../../baton/model/ids.ts";
import type { SyncContent } from "../../baton/snapshot/content.ts";
import { inTransaction } from "../catalog/database.ts";
import { fold } from "../catalog/fold.ts";
import { placedText } from "../catalog/placed-rows.ts";

const SCHEMA = `
CREATE TABLE finding (
  place INTEGER PRIMARY KEY,
  severity TEXT NOT NULL,
  rule TEXT NOT NULL,
  subject TEXT NOT NULL,
  value TEXT NOT NULL
);
${placedText("finding")}
CREATE TABLE rule (place INTEGER PRIMARY KEY, id TEXT NOT NULL, findings INTEGER NOT NULL, value TEXT NOT NULL);
`;
const INDEXES = `
CREATE INDEX finding_severity ON finding (severity, place);
CREATE INDEX finding_rule ON finding (rule, place);
CREATE INDEX finding_subject ON finding (subject, place);
`;

/** Judges a sync by rules, and writes what they found, worst first, and what they could not tell into a new database. */
export function writeFindings(content: SyncContent, rules: readonly Rule[], now: number, db: DatabaseSync): void {
  const evidence = evidenceOf(content, now);
  db.exec(SCHEMA);
  const outcomes = judge(rules, evidence);
  inTransaction(db, () => {
    const add = db.prepare("INSERT INTO finding VALUES (NULL, ?, ?, ?, ?)");
    const addText = db.prepare("INSERT INTO finding_text VALUES (?, ?)");
    for (const severity of SEVERITIES.toReversed()) {
      for (const { rule, findings } of outcomes) {
        for (const { subject, what, path, fingerprint, severity: own } of findings) {
          if (own !== severity) continue;
          const key = resourceKey(subject.type, subject.id);
          const text = fold([evidence.name(subject), subject.id, what, rule.title, rule.id].join("\n"));
          const value = JSON.stringify({ subject, what, path, fingerprint, title: rule.title });
          addText.run(add.run(severity, rule.id, key, value).lastInsertRowid, text);
        }
      }
    }
    const addRule = db.prepare("INSERT INTO rule VALUES (NULL, ?, ?, ?)");
    for (const { rule, findings, gaps } of outcomes) {
      const { id, title, severity, why, remedy, sources, needs } = rule;
      addRule.run(id, findings.length, JSON.stringify({ id, title, severity, why, remedy, sources, needs, gaps }));
    }
    db.exec(INDEXES);
  });
}
