import { SEVERITIES } from "../../../baton/model/finding.ts";
import type { FindingsQuery } from "../../findings/judged.ts";
import { PageError } from "../../page-error.ts";
import type { FindingRow } from "../contract.ts";
import type { Endpoint } from "../endpoint.ts";
import type { Table } from "../table.ts";
import { computed } from "./overview.ts";

/** `GET /api/findings`: what is dangerous, worst first, and what could not be judged. */
export const findings: Endpoint = async ({ question, view }) => {
  const severities = question.list("severity", SEVERITIES.length);
  const wrong = severities.find((one) => !(SEVERITIES as readonly string[]).includes(one));
  if (wrong !== undefined) throw new PageError("badRequest", `severity takes ${SEVERITIES.join(", ")}`);
  const query: FindingsQuery = {
    severities,
    rule: question.text("rule"),
    subject: question.text("subject") === undefined ? undefined : question.key("subject"),
    q: question.q(),
  };
  const state = computed(view.findings, (judged) => judged);
  if (state.state !== "ready") {
    // Whoever wants the whole table waits for it.
    if (!question.csv()) return { json: { rows: [], next: null, total: null, counts: null, rules: [], ...state } };
  }
  const judged = state.state === "ready" ? state.value : await view.findings.value();
  const table: Table<FindingRow> = {
    position: ["number"],
    read(from, limit) {
      const found = judged.list(query, Number(from?.[0] ?? 0), limit + 1);
      const part = found.slice(0, limit);
      return { rows: part.map(({ row }) => row), next: found.length > limit ? [part.at(-1)!.place] : undefined };
    },
    total: () => judged.count(query),
    columns: {
      severity: ({ severity }) => severity,
      rule: ({ rule }) => rule,
      title: ({ title }) => title,
      subject_type: ({ subject }) => subject.type,
      subject: ({ subject }) => subject.id,
      subject_name: ({ subject }) => subject.name,
      what: ({ what }) => what,
      path: ({ path }) => path.map(({ name, id }) => name || id).join(" > "),
      fingerprint: ({ fingerprint }) => fingerprint,
    },
  };
  return { table, name: "findings", more: { state: "ready", counts: judged.counts(), rules: judged.rules() } };
};
