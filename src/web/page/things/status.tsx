import type { Status } from "../../api/contract.ts";
import { Badge, type Tone } from "../design/badge.tsx";
import { sentenceCase } from "../design/text.ts";

const STATUSES: Readonly<Record<Status, readonly [text: string, tone: Tone]>> = {
  ENABLED: ["Active", "good"],
  DISABLED: ["Disabled", "neutral"],
  DELETED: ["Deleted", "neutral"],
  UNSPECIFIED: ["Not stated", "unknown"],
};

/** A status, in the other side's own word where there is one. */
export function StatusBadge({ status, detail = "" }: { status: Status; detail?: string }) {
  const [text, tone] = STATUSES[status];
  return <Badge tone={tone}>{detail === "" ? text : sentenceCase(detail)}</Badge>;
}

/** What a status is called, for a choice. */
export const STATUS_OPTIONS: readonly (readonly [value: string, text: string])[] = [
  ["", "Any"],
  ...(["ENABLED", "DISABLED", "DELETED", "UNSPECIFIED"] as const).map((one) => [one, STATUSES[one][0]] as const),
];
