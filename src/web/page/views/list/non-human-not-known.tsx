import type { ComponentChildren } from "preact";
import type { Overview } from "../../../api/contract.ts";
import { apiAddress } from "../../api/addresses.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { Notice } from "../../design/states.tsx";
import { sentence } from "../../design/text.ts";
import { useRoute } from "../../route/navigation.ts";

/** What was not read and would belong among identities that are no people; the list comes after it. */
export function NonHumanNotKnown({ children }: { children: ComponentChildren }) {
  const { query } = useRoute();
  const { value, failure } = useAnswer<Overview>(apiAddress("overview", { sync: query.sync }));
  // The list waits, so that it is not pushed down when the answer comes.
  if (!failure && (value === undefined || value.headline.state === "working")) {
    return <div class="table-waiting" aria-busy="true" />;
  }
  const notKnown = value?.headline.state === "ready" ? value.headline.value.nonHuman.notKnown : [];
  return (
    <>
      {notKnown.length > 0 && (
        <Notice tone="unknown" title="There may be more than are shown">
          <ul>
            {notKnown.map((one) => (
              <li key={one}>{sentence(one)}</li>
            ))}
          </ul>
        </Notice>
      )}
      {children}
    </>
  );
}
