import type { ExportedFile, ExportSource } from "../../../baton/access/export/form.ts";
import { evidenceOf } from "../../../baton/access/findings/evidence.ts";
import { bySeverity, judge } from "../../../baton/access/findings/findings.ts";
import { ocsfFindings } from "../../../baton/access/findings/ocsf.ts";
import { parseTime } from "../../../baton/snapshot/time.ts";
import { RISKS } from "../../../okta/risks/risks.ts";
import { systemClock } from "../../../runtime/clock.ts";
import { version } from "../../../runtime/version.ts";

/** The findings of a sync beside what else is exported of it, as OCSF events; nothing is suppressed. */
export function findingsFile({ content, sync }: ExportSource): ExportedFile {
  return {
    name: "iam_analysis_findings.jsonl",
    *write() {
      const time = parseTime(sync.endedAt ?? sync.startedAt) ?? systemClock.now();
      const evidence = evidenceOf(content, time);
      const outcomes = judge(RISKS, evidence);
      const counting = outcomes.flatMap(({ findings }) => findings).sort(bySeverity);
      const result = { counting, suppressed: [], notices: [] };
      yield* ocsfFindings({ outcomes, result, evidence, syncId: sync.syncId, time, version });
    },
  };
}
