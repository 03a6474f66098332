import type { FindingRow } from "../../../api/contract.ts";
import { Badge, dangerTone } from "../../design/badge.tsx";
import { Icon } from "../../design/icon.tsx";
import { plainText, sentenceCase } from "../../design/text.ts";
import { linkTo } from "../../route/navigation.ts";
import { ThingLink } from "../../things/thing-link.tsx";

/** One finding, with what leads to the danger. */
export function FindingItem({ finding }: { finding: FindingRow }) {
  const { severity, title, subject, what, path, rule } = finding;
  return (
    <li class={`finding tone-${dangerTone(severity)}`}>
      <Badge tone={dangerTone(severity)}>{sentenceCase(severity)}</Badge>
      <div class="finding-text">
        <p class="finding-what">
          <ThingLink thing={subject} /> <bdi>{plainText(what)}</bdi>
        </p>
        {path.length > 0 && (
          <p class="steps">
            {path.map((thing, at) => (
              <span class="step" key={`${thing.type}:${thing.id}`}>
                {at > 0 && <Icon name="right" size={10} />}
                <ThingLink thing={thing} />
              </span>
            ))}
          </p>
        )}
        <p class="finding-rule">
          <a href={linkTo(["findings"], { rule })}>{plainText(title)}</a>
        </p>
      </div>
    </li>
  );
}
