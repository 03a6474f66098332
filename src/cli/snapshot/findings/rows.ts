import type { RuleOutcome } from "../../../baton/access/findings/findings.ts";
import type { Suppressed } from "../../../baton/access/findings/suppressions.ts";
import type { Evidence } from "../../../baton/model/evidence.ts";
import type { Finding, RuleDescription } from "../../../baton/model/finding.ts";
import { resourceKey } from "../../../baton/model/ids.ts";
import type { Answer, Column, Row } from "../rows.ts";
import { shortened } from "../shortened.ts";

const COLUMNS: readonly Column[] = [
  { name: "state" },
  { name: "severity" },
  { name: "rule" },
  { name: "subject_name", shown: ({ subject_name, subject }) => shortened(String(subject_name || subject), MAX_SHOWN) },
  { name: "subject", wide: true },
  { name: "what", shown: ({ what }) => shortened(String(what), 2 * MAX_SHOWN) },
  {
    name: "path",
    shown: ({ path_names }) => ((path_names ?? []) as string[]).map((name) => shortened(name, MAX_SHOWN)).join(" > "),
  },
  { name: "title", wide: true },
  { name: "why", wide: true },
  { name: "remedy", wide: true },
  { name: "sources", wide: true },
  { name: "reason", wide: true },
  { name: "expires", wide: true },
  { name: "fingerprint", wide: true },
];

/** The longest name that a table shows whole, in characters. */
const MAX_SHOWN = 60;

/** Findings as rows, then what is suppressed and why, then what is not known: no limit leaves the last two out. */
export function findingsAnswer(
  outcomes: readonly RuleOutcome[],
  result: Suppressed,
  evidence: Evidence,
  limit: number,
): Answer {
  function* rows(): Generator<Row> {
    const shown = limit > 0 ? result.counting.slice(0, limit) : result.counting;
    for (const finding of shown) yield findingRow("finding", finding, evidence);
    for (const { finding, suppression } of result.suppressed) {
      const { reason, expires } = suppression;
      yield { ...findingRow("suppressed", finding, evidence), reason, expires };
    }
    for (const { rule, gaps } of outcomes) {
      for (const { reason, subjects, example } of gaps) {
        const key = example === undefined ? "" : resourceKey(example.type, example.id);
        const of = subjects > 1 ? ` (${subjects} of them, as this one)` : "";
        yield {
          ...ruleFields("not known", rule),
          subject: key,
          subject_name: example === undefined ? "" : evidence.name(example),
          what: `${reason}${of}`,
          path: [],
          subjects,
        };
      }
    }
  }
  return { columns: COLUMNS, rows: rows(), one: "row", none: "Every rule could be judged, and none found anything." };
}

function findingRow(state: string, { rule, subject, what, path, fingerprint }: Finding, evidence: Evidence): Row {
  return {
    ...ruleFields(state, rule),
    subject: resourceKey(subject.type, subject.id),
    subject_name: evidence.name(subject),
    what,
    path: path.map(({ type, id }) => resourceKey(type, id)),
    path_names: path.map((key) => evidence.name(key)),
    fingerprint,
  };
}

function ruleFields(state: string, { id, severity, title, why, remedy, sources }: RuleDescription) {
  return { state, severity, rule: id, title, why, remedy, sources: [...sources] };
}
