import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { evidenceOf } from "../../../baton/access/findings/evidence.ts";
import { bySeverity, judge, type RuleOutcome } from "../../../baton/access/findings/findings.ts";
import { ocsfFindings } from "../../../baton/access/findings/ocsf.ts";
import { sarifOf } from "../../../baton/access/findings/sarif.ts";
import {
  readSuppressions,
  type Suppressed,
  type Suppression,
  suppress,
} from "../../../baton/access/findings/suppressions.ts";
import { type Finding, SEVERITIES } from "../../../baton/model/finding.ts";
import type { SnapshotReader } from "../../../baton/snapshot/reader.ts";
import { parseTime } from "../../../baton/snapshot/time.ts";
import { RISKS } from "../../../okta/risks/risks.ts";
import { systemClock } from "../../../runtime/clock.ts";
import { parseYaml } from "../../../runtime/config/yaml-document.ts";
import { Failure } from "../../../runtime/failure.ts";
import { printable } from "../../../runtime/printable-text.ts";
import { version } from "../../../runtime/version.ts";
import { EXIT, type ExitCode } from "../../exit.ts";
import { pluralize, wrap } from "../../terminal/layout.ts";
import type { Output } from "../../terminal/output.ts";
import type { SnapshotFlags } from "../question.ts";
import { printRows } from "../rows.ts";
import { findingsAnswer } from "./rows.ts";

/** Columns of the explanations under a table. */
const WIDTH = 100;

/**
 * `snapshot findings FILE`: which access is dangerous, and what could not be judged. Answers the exit code: `findings`
 * where `--fail-on` or `--fail-on-unknown` say so.
 */
export async function findings(
  reader: SnapshotReader,
  syncId: string | undefined,
  flags: SnapshotFlags,
  output: Output,
): Promise<ExitCode> {
  const suppressions = flags.suppressions === undefined ? [] : suppressionsIn(flags.suppressions);
  const content = reader.content(syncId);
  const sync = reader.syncs().find((one) => one.syncId === content.syncId)!;
  const asked = flags.now === undefined ? undefined : timeOf(flags.now);
  const taken = parseTime(sync.endedAt ?? sync.startedAt) ?? systemClock.now();
  const evidence = evidenceOf(content, asked ?? taken);
  const outcomes = judge(RISKS, evidence);
  const all = outcomes.flatMap(({ findings }) => findings).sort(bySeverity);
  const result = suppress(all, suppressions, asked ?? systemClock.now());
  for (const notice of result.notices) output.err(`Note: ${printable(notice)}.\n`);
  if (flags.output === "sarif") {
    const file = basename(reader.path);
    const document = sarifOf({ outcomes, result, evidence, file, version });
    await output.stream([`${JSON.stringify(document, null, 2)}\n`]);
  } else if (flags.output === "ocsf") {
    const { syncId } = content;
    await output.stream(ocsfFindings({ outcomes, result, evidence, syncId, time: taken, version }));
  } else {
    const form = flags.output === "json" || flags.output === "csv" ? flags.output : "table";
    await output.stream(printRows(findingsAnswer(outcomes, result, evidence, flags.limit), form, 0));
    const hidden = flags.limit > 0 ? result.counting.length - flags.limit : 0;
    if (hidden > 0) output.err(`Note: ${pluralize(hidden, "finding")} more; --limit 0 shows all.\n`);
    if (form === "table") await output.stream(explained(outcomes, result));
  }
  return exitCode(outcomes, result.counting, flags);
}

function exitCode(outcomes: readonly RuleOutcome[], counting: readonly Finding[], flags: SnapshotFlags): ExitCode {
  const least =
    flags["fail-on"] === undefined ? undefined : (SEVERITIES as readonly string[]).indexOf(flags["fail-on"]);
  const bad = least !== undefined && counting.some(({ severity }) => SEVERITIES.indexOf(severity) >= least);
  const unknown = flags["fail-on-unknown"] && outcomes.some(({ gaps }) => gaps.length > 0);
  return bad || unknown ? EXIT.findings : EXIT.done;
}

/** Why each rule that found something matters and what to do, and how much there is of each. */
function* explained(outcomes: readonly RuleOutcome[], { counting, suppressed }: Suppressed): Generator<string> {
  for (const { rule, findings } of outcomes) {
    if (findings.length === 0) continue;
    const text = `${rule.title}. ${rule.why}. ${rule.remedy}. (${rule.sources.join(", ")})`;
    yield `\n${rule.id} (${rule.severity}):\n${wrap(text, WIDTH)
      .map((line) => `  ${line}\n`)
      .join("")}`;
  }
  const unknown = outcomes.filter(({ gaps }) => gaps.length > 0).length;
  const fine = outcomes.filter(({ gaps, findings }) => gaps.length === 0 && findings.length === 0).length;
  const by = SEVERITIES.toReversed().flatMap((severity) => {
    const n = counting.filter((one) => one.severity === severity).length;
    return n === 0 ? [] : [`${n} ${severity}`];
  });
  yield `\n${pluralize(counting.length, "finding")}${by.length > 0 ? `: ${by.join(", ")}` : ""}; ${suppressed.length} suppressed.\n`;
  yield `Of ${outcomes.length} rules, ${unknown} could not be judged, or not in all cases (not known is not fine), and ${fine} found nothing.\n`;
}

function suppressionsIn(path: string): Suppression[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const message = `the suppressions ${path} cannot be read: ${(cause as Error).message}`;
    throw new Failure({ kind: "usage", message, advice: "check --suppressions", cause });
  }
  return readSuppressions(
    path,
    parseYaml(path, text),
    RISKS.map(({ id }) => id),
  );
}

function timeOf(text: string): number {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : parseTime(text);
  if (ms === undefined || Number.isNaN(ms)) {
    const message = `--now takes a time, not ${JSON.stringify(text)}`;
    throw new Failure({ kind: "usage", message, advice: "as 2026-11-24T12:00:00Z" });
  }
  return ms;
}
