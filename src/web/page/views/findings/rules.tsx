import type { FindingPage } from "../../../api/contract.ts";
import type { Asked } from "../../api/use-answer.ts";
import { Badge, dangerTone } from "../../design/badge.tsx";
import { Failed, NotKnown, Skeleton } from "../../design/states.tsx";
import { count, plainText, sentence, sentenceCase } from "../../design/text.ts";
import { linkTo } from "../../route/navigation.ts";
import { PlainTable } from "../../table/plain-table.tsx";
import { RuleNotKnown } from "./rule-panel.tsx";

/** Every rule, also those that found nothing or could not be judged. */
export function Rules({ asked: { value, failure, again } }: { asked: Asked<FindingPage> }) {
  if (failure) return <Failed failure={failure} again={again} />;
  if (value?.state === "notKnown") return <NotKnown>{sentence(value.message ?? "")}</NotKnown>;
  if (value === undefined || value.state === "working")
    return <Skeleton lines={20} label="Findings are being judged" />;
  return (
    <PlainTable
      caption="Rules"
      heads={["Rule", "Severity", "What to do", "Judged", "#Findings"]}
      rows={value.rules.map((rule) => [
        <a key="rule" href={linkTo(["findings"], { rule: rule.id })}>
          {plainText(rule.title)}
        </a>,
        <Badge key="severity" tone={dangerTone(rule.severity)}>
          {sentenceCase(rule.severity)}
        </Badge>,
        plainText(rule.remedy),
        rule.notKnown.length === 0 ? <span key="judged">wholly</span> : <RuleNotKnown key="unknown" rule={rule} />,
        count(rule.findings),
      ])}
    />
  );
}
