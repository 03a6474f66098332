import type { ResourceDetail } from "../../../api/contract.ts";
import { Empty, NotKnown, Skeleton } from "../../design/states.tsx";
import { sentence } from "../../design/text.ts";
import { linkTo } from "../../route/navigation.ts";
import { FindingItem } from "../findings/finding-item.tsx";

/** So many findings about one thing are answered with it. */
const MAX_SHOWN = 50;

/** What findings are about a thing. */
export function FindingsTab({ thing: { findings, type, id } }: { thing: ResourceDetail }) {
  if (findings.state === "notKnown") return <NotKnown>{sentence(findings.message)}</NotKnown>;
  if (findings.state === "working") return <Skeleton lines={4} label="Findings are being judged" />;
  if (findings.value.length === 0) {
    return (
      <Empty icon="review" title="No finding">
        The rules that could be judged found nothing here.
      </Empty>
    );
  }
  return (
    <>
      <ul class="findings">
        {findings.value.map((finding) => (
          <FindingItem key={finding.fingerprint} finding={finding} />
        ))}
      </ul>
      {findings.value.length >= MAX_SHOWN && (
        <p>
          <a href={linkTo(["findings"], { subject: `${type}:${id}` })}>All findings about it</a>
        </p>
      )}
    </>
  );
}
