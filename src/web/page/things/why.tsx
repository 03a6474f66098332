import type { PathInfo, Thing, Why } from "../../api/contract.ts";
import { Icon } from "../design/icon.tsx";
import { plainText } from "../design/text.ts";
import { ThingLink } from "./thing-link.tsx";

/** So many ways are shown at once; the others are behind a click. */
const MAX_SHOWN = 3;

/** Every way in which something is held, each step a link. What is not known says so. */
export function WhyCell({ why }: { why: Why }) {
  if (why.paths.length === 0) return <span class="way way-unknown">{plainText(why.why) || "Not known"}</span>;
  const shown = why.paths.slice(0, MAX_SHOWN);
  const more = why.paths.slice(MAX_SHOWN);
  return (
    <div class="ways">
      {shown.map((path, at) => (
        <Way key={at} path={path} />
      ))}
      {more.length > 0 && (
        <details class="more-ways">
          <summary>{more.length} more</summary>
          {more.map((path, at) => (
            <Way key={at} path={path} />
          ))}
        </details>
      )}
    </div>
  );
}

/** One way. */
export function Way({ path }: { path: PathInfo }) {
  const { kind, via, knownBy } = path;
  return (
    <span class={`way way-${kind}`} title={TITLES[kind][knownBy]}>
      {kind === "direct" && "Directly"}
      {kind === "unknown" && (
        <>
          <Icon name="unknown" size={12} /> Not known
        </>
      )}
      {kind === "group" && (
        <>
          <span class="way-word">through</span> <Steps things={via} />
        </>
      )}
      {kind === "rule" && (
        <>
          <span class="way-word">perhaps by rule</span> <Steps things={via} />
        </>
      )}
      {knownBy === "deduced" && kind !== "rule" && <span class="way-deduced">deduced</span>}
    </span>
  );
}

const stated = { stated: "The other side states it", deduced: "It follows from what the other side states" };

const TITLES: Readonly<Record<PathInfo["kind"], Readonly<Record<PathInfo["knownBy"], string>>>> = {
  direct: stated,
  group: stated,
  rule: {
    stated: "A rule may have put it there: never certain",
    deduced: "A rule may have put it there: never certain",
  },
  unknown: { stated: "Nothing in the snapshot explains it", deduced: "Nothing in the snapshot explains it" },
};

function Steps({ things }: { things: readonly Thing[] }) {
  return (
    <span class="steps">
      {things.map((thing, at) => (
        <span class="step" key={`${thing.type}:${thing.id}`}>
          {at > 0 && <Icon name="right" size={10} />}
          <ThingLink thing={thing} />
        </span>
      ))}
    </span>
  );
}
