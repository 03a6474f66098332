import type { RuleInfo } from "../../../api/contract.ts";
import { Badge, dangerTone } from "../../design/badge.tsx";
import { Icon } from "../../design/icon.tsx";
import { count, plainText, sentenceCase } from "../../design/text.ts";
import { ThingLink } from "../../things/thing-link.tsx";

/** A rule: why it matters, what to do, who says so, and what it could not judge. */
export function RulePanel({ rule }: { rule: RuleInfo }) {
  const { title, severity, why, remedy, sources, notKnown } = rule;
  return (
    <section class="rule" aria-label={plainText(title)}>
      <h2>
        <Badge tone={dangerTone(severity)}>{sentenceCase(severity)}</Badge> {plainText(title)}
      </h2>
      <div class="rule-parts">
        <div>
          <h3>Why it matters</h3>
          <p>{plainText(why)}</p>
        </div>
        <div>
          <h3>What to do</h3>
          <p>{plainText(remedy)}</p>
        </div>
      </div>
      {notKnown.length > 0 && <RuleNotKnown rule={rule} />}
      {sources.length > 0 && <p class="muted rule-sources">Source: {sources.map(plainText).join("; ")}</p>}
    </section>
  );
}

/** What a rule could not judge, and why. */
export function RuleNotKnown({ rule: { notKnown } }: { rule: RuleInfo }) {
  return (
    <ul class="rule-unknown">
      {notKnown.map(({ reason, subjects, example }) => (
        <li key={reason}>
          <Icon name="unknown" size={14} />
          <span>
            Not known{subjects > 0 ? ` of ${count(subjects)}` : ""}: <bdi>{plainText(reason)}</bdi>
            {example && (
              <>
                {" "}
                (as <ThingLink thing={example} icon={false} />)
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
