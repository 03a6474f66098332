import type { FindingPage, FindingRow } from "../../../api/contract.ts";
import { Badge, dangerTone } from "../../design/badge.tsx";
import { Chips, FilterField, SelectField } from "../../design/fields.tsx";
import { Icon } from "../../design/icon.tsx";
import { Empty } from "../../design/states.tsx";
import { count, plainText, sentenceCase } from "../../design/text.ts";
import { linkTo, useRoute } from "../../route/navigation.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/data-table.tsx";
import { filterBy } from "../../table/filters.ts";
import type { Pages } from "../../table/use-pages.ts";
import { ThingLink } from "../../things/thing-link.tsx";
import { SEVERITIES } from "../overview/severities.ts";
import { RulePanel } from "./rule-panel.tsx";

const COLUMNS: readonly Column<FindingRow>[] = [
  {
    id: "what",
    label: "Finding",
    main: true,
    cell: ({ title, what, rule }) => (
      <>
        <a class="finding-title" href={linkTo(["findings"], { rule })}>
          {plainText(title)}
        </a>
        <span class="finding-what">
          <bdi>{plainText(what)}</bdi>
        </span>
      </>
    ),
  },
  {
    id: "severity",
    label: "Severity",
    cell: ({ severity }) => <Badge tone={dangerTone(severity)}>{sentenceCase(severity)}</Badge>,
  },
  { id: "subject", label: "About", cell: ({ subject }) => <ThingLink thing={subject} /> },
  {
    id: "path",
    label: "What leads there",
    cell: ({ path }) =>
      path.length === 0 ? (
        <span class="muted">–</span>
      ) : (
        <span class="steps">
          {path.map((thing, at) => (
            <span class="step" key={`${thing.type}:${thing.id}`}>
              {at > 0 && <Icon name="right" size={10} />}
              <ThingLink thing={thing} />
            </span>
          ))}
        </span>
      ),
  },
  { id: "rule", label: "Rule", hidden: true, cell: ({ rule }) => <code>{plainText(rule)}</code> },
];

/** The findings, filtered; of one rule with what to do. */
export function FindingList({ pages }: { pages: Pages<FindingPage> }) {
  const { query } = useRoute();
  const { counts, rules = [] } = pages.asked.value ?? {};
  const rule = rules.find(({ id }) => id === query.rule);
  const filtered = query.severity || query.rule || query.q || query.subject;
  return (
    <>
      {rule && <RulePanel rule={rule} />}
      <DataTable
        caption="Findings"
        unit={["finding", "findings"]}
        pages={pages}
        columns={COLUMNS}
        rowKey={({ fingerprint }) => fingerprint}
        empty={
          <Empty icon="review" title={filtered ? "No finding with these filters" : "No finding"}>
            {counts && counts.rulesNotJudged > 0 && (
              <>
                <a href={linkTo(["findings"], { tab: "rules" })}>
                  {count(counts.rulesNotJudged)} of {count(counts.rules)} rules
                </a>{" "}
                could not be judged: that is not the same as nothing found.
              </>
            )}
          </Empty>
        }
        filters={
          <>
            <Chips
              label="Severity"
              value={query.severity ?? ""}
              options={[
                { value: "", text: "All", ...(counts && { count: counts.total }) },
                ...SEVERITIES.map((severity) => ({
                  value: severity,
                  text: sentenceCase(severity),
                  tone: dangerTone(severity),
                  ...(counts && { count: counts.bySeverity[severity] ?? 0 }),
                })),
              ]}
              onChange={(severity) => filterBy({ severity })}
            />
            <FilterField label="Name" value={query.q ?? ""} onChange={(q) => filterBy({ q }, { replace: true })} />
            <SelectField
              label="Rule"
              value={query.rule ?? ""}
              options={[
                ["", "Any"],
                ...rules
                  .filter(({ findings, id }) => findings > 0 || id === query.rule)
                  .map(({ id, title, findings }) => [id, `${plainText(title)} (${count(findings)})`] as const),
              ]}
              onChange={(chosen) => filterBy({ rule: chosen })}
            />
          </>
        }
      />
    </>
  );
}
