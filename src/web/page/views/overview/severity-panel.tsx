import type { Computed, FindingCounts } from "../../../api/contract.ts";
import { useSession } from "../../api/session.ts";
import { Icon } from "../../design/icon.tsx";
import { Panel } from "../../design/panel.tsx";
import { NotKnown, Skeleton } from "../../design/states.tsx";
import { count, sentence, sentenceCase } from "../../design/text.ts";
import { linkTo } from "../../route/navigation.ts";
import { SEVERITIES } from "./severities.ts";

/** Findings by severity, each a way to them. */
export function SeverityPanel({ findings }: { findings: Computed<FindingCounts> }) {
  const { views } = useSession();
  const value = findings.state === "ready" ? findings.value : undefined;
  return (
    <Panel
      title="Findings"
      span={6}
      aside={value && views.findings && <a href={linkTo(["findings"])}>All {count(value.total)}</a>}
    >
      <div class="panel-body overview-body">
        {findings.state === "notKnown" ? (
          <NotKnown>{sentence(findings.message)}</NotKnown>
        ) : value === undefined ? (
          <Skeleton lines={4} label="Findings are being judged" />
        ) : (
          <>
            <SeverityBars counts={value} />
            {value.rulesNotJudged > 0 && (
              <p class="panel-note">
                <Icon name="unknown" size={14} />
                <a href={linkTo(["findings"], { tab: "rules" })}>
                  {count(value.rulesNotJudged)} of {count(value.rules)} rules
                </a>{" "}
                could not be judged, wholly or in part.
              </p>
            )}
          </>
        )}
      </div>
    </Panel>
  );
}

function SeverityBars({ counts: { bySeverity, total } }: { counts: FindingCounts }) {
  const most = Math.max(1, ...SEVERITIES.map((one) => bySeverity[one] ?? 0));
  if (total === 0) return <p class="calm">The rules that could be judged found nothing.</p>;
  return (
    <ul class="bars">
      {SEVERITIES.map((severity) => {
        const many = bySeverity[severity] ?? 0;
        return (
          <li key={severity}>
            <a class={`bar-row tone-${severity}`} href={linkTo(["findings"], { severity })}>
              <span class="bar-label">{sentenceCase(severity)}</span>
              <svg class="bar-track" width="100%" height="8" aria-hidden="true" focusable="false">
                <rect class="bar-back" width="100%" height="8" rx="4" />
                {many > 0 && <rect class="bar-fill" width={`${Math.max(2, (many / most) * 100)}%`} height="8" rx="4" />}
              </svg>
              <span class="bar-count">{count(many)}</span>
            </a>
          </li>
        );
      })}
    </ul>
  );
}
