import type { ChangeCounts, Computed } from "../../../api/contract.ts";
import { dangerTone } from "../../design/badge.tsx";
import { Panel } from "../../design/panel.tsx";
import { NotKnown, Skeleton } from "../../design/states.tsx";
import { count, sentence, sentenceCase } from "../../design/text.ts";
import { linkTo } from "../../route/navigation.ts";
import { useSyncName } from "../../things/syncs.ts";
import { byDanger } from "../changes/dangers.ts";

/** What changed since the sync before, by danger. */
export function LatestChanges({ changes }: { changes: Computed<ChangeCounts> }) {
  const syncName = useSyncName();
  const value = changes.state === "ready" ? changes.value : undefined;
  return (
    <Panel
      title="Changes since the sync before"
      span={6}
      aside={value && <a href={linkTo(["changes"])}>All {count(value.total)}</a>}
    >
      <div class="panel-body overview-body">
        {changes.state === "notKnown" ? (
          <NotKnown>{sentence(changes.message)}</NotKnown>
        ) : value === undefined ? (
          <Skeleton lines={4} label="Changes are being compared" />
        ) : value.total === 0 ? (
          <p class="calm">Nothing changed.</p>
        ) : (
          <ul class="bars">
            {byDanger(value.byDanger).map(([danger, many]) => (
              <li key={danger}>
                <a class={`bar-row tone-${dangerTone(danger)}`} href={linkTo(["changes"], { danger })}>
                  <span class="bar-label">{sentenceCase(danger)}</span>
                  <svg class="bar-track" width="100%" height="8" aria-hidden="true" focusable="false">
                    <rect class="bar-back" width="100%" height="8" rx="4" />
                    {many > 0 && (
                      <rect class="bar-fill" width={`${Math.max(2, (many / value.total) * 100)}%`} height="8" rx="4" />
                    )}
                  </svg>
                  <span class="bar-count">{count(many)}</span>
                </a>
              </li>
            ))}
          </ul>
        )}
        {value && <p class="panel-note">Compared with {syncName(value.from)}.</p>}
      </div>
    </Panel>
  );
}
