import type { Overview } from "../../../api/contract.ts";
import { Disclosure } from "../../design/disclosure.tsx";
import { Icon } from "../../design/icon.tsx";
import { counted, plainText, spanText, timeText } from "../../design/text.ts";

/** So old a picture is called old: a week. */
const OLD_MS = 7 * 86_400_000;

/** How old the picture is, and what could not be read. */
export function PictureNotice({ overview }: { overview: Overview | undefined }) {
  if (overview === undefined) return <p class="lead">{"\u00a0"}</p>;
  const { sync, ageMs, complete, missing, missingKnown } = overview;
  const when = sync.endedAt ?? sync.startedAt;
  return (
    <>
      <p class="lead">
        As of {when === null ? "a time that the file does not state" : <time dateTime={when}>{timeText(when)}</time>}
        {ageMs !== null && (
          <span class={ageMs > OLD_MS ? "age is-old" : "age"}>
            {" "}
            · {spanText(ageMs)} old{ageMs > OLD_MS && ": much may have changed since"}
          </span>
        )}
        {" · "}
        <span class={complete ? "complete" : "incomplete"}>
          <Icon name={complete ? "review" : "unknown"} size={14} /> {completeText(overview)}
        </span>
      </p>
      {missing.length > 0 && (
        <div class="notice tone-unknown">
          <Icon name="unknown" />
          <div class="notice-text">
            <Disclosure
              summary={`${counted(missing.length, "thing")} could not be read: what is missing is not known, it does not mean "nobody"`}
            >
              <ul>
                {missing.map((one) => (
                  <li key={one}>{plainText(one)}</li>
                ))}
              </ul>
            </Disclosure>
          </div>
        </div>
      )}
      {!missingKnown && (
        <p class="muted">
          Whoever wrote this file does not note what could not be read, so that nothing can be told of it.
        </p>
      )}
    </>
  );
}

function completeText({ sync, complete, missing, missingKnown }: Overview): string {
  if (complete) return "everything was read";
  if (sync.endedAt === null) return "the sync did not finish";
  if (sync.type !== "full") return `a ${sync.type} sync: a part only`;
  if (missing.length > 0) return "not everything could be read";
  return missingKnown ? "not complete" : "whether everything was read is not known";
}
