import { gapsOf } from "../campaign.ts";
import type { Item } from "../population/item.ts";
import type { ReviewState } from "../state.ts";
import { numbersOf } from "./numbers.ts";

/** Rows of a table that is printed; the files beside the summary hold all. */
const MAX_ROWS = 2_000;

/** The summary of a review as one page without scripts, to be read and printed. Every text of the org is escaped. */
export function summaryHtml(state: ReviewState): string {
  const { campaign } = state;
  const { snapshot, settings } = campaign;
  const numbers = numbersOf(state);
  const { decisions, remediation } = numbers;
  const gaps = gapsOf(campaign);
  const revoked = [...state.items.values()].filter((item) => state.remediationOf(item) !== "NONE");
  const open = [...state.items.values()].filter((item) => !item.carried && state.decided(item.id) === undefined);
  const parts = [
    `<h1>${escapeHtml(campaign.name)}</h1>`,
    `<p>Access review ${escapeHtml(campaign.review)}, started ${escapeHtml(campaign.startedAt)} by ${escapeHtml(campaign.startedBy)}.</p>`,
    gaps.length === 0
      ? `<p class="good">Everything that was to be read was read.</p>`
      : `<div class="bad"><h2>Not in the population</h2><ul>${gaps.map((gap) => `<li>${escapeHtml(gap)}</li>`).join("")}</ul></div>`,
    `<h2>Population</h2>`,
    facts([
      ["Snapshot", snapshot.file],
      ["SHA-256", snapshot.sha256],
      ["Sync", `${snapshot.syncId} (${snapshot.type}), ${snapshot.startedAt} to ${snapshot.endedAt}`],
      [
        "In the snapshot",
        `${snapshot.resources} resources, ${snapshot.entitlements} entitlements, ${snapshot.grants} grants`,
      ],
      [
        "Scope",
        [...settings.scopes, ...(settings.findings === "" ? [] : [`findings from ${settings.findings} on`])].join(", "),
      ],
      ["Items", numbers.items],
      ["Asked about", numbers.asked],
      ["Carried from an earlier review", numbers.carried],
      ["Privileged", campaign.counts.privileged],
      ["Held by no person", campaign.counts.nonHuman],
      ["Temporary", campaign.counts.temporary],
    ]),
    `<h2>Decisions</h2>`,
    facts([
      ["Approved", decisions.approved],
      ["Revoked", decisions.revoked],
      ["Unreviewed", decisions.unreviewed],
      [
        "No answer means",
        settings.unanswered === "none" ? "nothing: it is reported as unreviewed" : settings.unanswered,
      ],
      ["Without a reviewer", numbers.unassigned],
      ["Decided faster than a person reads", numbers.fast],
    ]),
    table(
      ["Reviewer", "Asked", "Approved", "Revoked", "Unreviewed", "Fast"],
      numbers.reviewers.map((one) => [
        one.reviewer || "(nobody)",
        one.asked,
        one.approved,
        one.revoked,
        one.unreviewed,
        one.fast,
      ]),
    ),
    `<h2>What was to go</h2>`,
    facts([
      ["Gone, and seen to be", remediation.SUCCESS],
      ["Something else has to change", remediation.MANUAL],
      ["Failed", remediation.ERROR],
      ["Not done yet", remediation.OPEN],
    ]),
    table(
      ["Item", "Who", "What", "State", "When", "Proof", "More"],
      revoked.slice(0, MAX_ROWS).map((item) => {
        const { time = "", proof, what = item.remedy.what } = state.remediated(item.id) ?? {};
        return [item.id, whoOf(item), whatOf(item), state.remediationOf(item), time, proof?.sha256 ?? "", what];
      }),
    ),
    ...(revoked.length > MAX_ROWS ? [`<p>${revoked.length - MAX_ROWS} more in remediation.jsonl.</p>`] : []),
    ...(open.length === 0
      ? []
      : [
          `<h2>Unreviewed</h2>`,
          table(
            ["Item", "Who", "What", "Reviewer"],
            open
              .slice(0, MAX_ROWS)
              .map((item) => [item.id, whoOf(item), whatOf(item), state.reviewerOf(item) || "(nobody)"]),
          ),
          ...(open.length > MAX_ROWS ? [`<p>${open.length - MAX_ROWS} more in decisions.jsonl.</p>`] : []),
        ]),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(campaign.name)}</title>
<style>${STYLE}</style>
</head>
<body>
${parts.join("\n")}
</body>
</html>
`;
}

const STYLE =
  "body{font:14px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1a1a1a}table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem}th,td{border:1px solid #bbb;padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}td{min-width:9em}td:not(.short):last-child{min-width:18em}th,.short{white-space:nowrap;overflow-wrap:normal;min-width:0}thead{display:table-header-group}tr{break-inside:avoid}.bad{border:2px solid #a00;padding:0 1rem}.good{color:#060}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dd{margin:0;overflow-wrap:anywhere}@page{size:landscape;margin:12mm}@media print{body{margin:0;padding:0;max-width:none;font-size:9pt}}";

function whoOf({ principal }: Item): string {
  return `${principal.name || principal.id} (${principal.login || `${principal.type}:${principal.id}`})`;
}

function whatOf({ entitlement, resource }: Item): string {
  return `${resource.name || resource.id} (${entitlement.id})`;
}

function facts(rows: readonly (readonly [string, string | number])[]): string {
  return `<dl>${rows.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(String(value))}</dd>`).join("")}</dl>`;
}

function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = (row: readonly (string | number)[], tag: string) =>
    `<tr>${row.map((cell) => `<${tag}${tag === "td" && isShort(String(cell)) ? ' class="short"' : ""}>${escapeHtml(String(cell))}</${tag}>`).join("")}</tr>`;
  return `<table><thead>${cells(header, "th")}</thead><tbody>${rows.map((row) => cells(row, "td")).join("\n")}</tbody></table>`;
}

/** Whether a cell is kept on one line: ids, times, states and numbers are read as a whole. */
function isShort(cell: string): boolean {
  return cell.length <= 24 && !/\s/.test(cell);
}

/** Text as HTML shows it. What turns the direction of text around is shown as what it is. */
function escapeHtml(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}]/gu, (one) => `\\u${one.codePointAt(0)!.toString(16).padStart(4, "0")}`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
