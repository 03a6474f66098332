import type { AccessGraphPicture, ResourceDetail } from "../../../api/contract.ts";
import { apiAddress, resourcePath } from "../../api/addresses.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { Disclosure } from "../../design/disclosure.tsx";
import { Empty, Failed, Notice } from "../../design/states.tsx";
import { counted, plainText } from "../../design/text.ts";
import { PathGraph } from "../../pictures/path-graph.tsx";
import { useRoute } from "../../route/navigation.ts";
import { PlainTable } from "../../table/plain-table.tsx";
import { nameOf, ThingLink, thingAddress } from "../../things/thing-link.tsx";

const KNOWN_BY = { stated: "stated", deduced: "deduced", unknown: "not known" } as const;
const EDGE_WORDS = {
  member: "is a member of",
  holds: "holds",
  rule: "may put people into",
  reaches: "reaches",
} as const;

/** What leads where, as a picture, with the same facts as a table. */
export function PictureTab({ thing }: { thing: ResourceDetail }) {
  const { query } = useRoute();
  const { value, failure, again } = useAnswer<AccessGraphPicture>(
    apiAddress(`${resourcePath(thing.type, thing.id)}/graph`, { sync: query.sync }),
  );
  if (failure) return <Failed failure={failure} again={again} />;
  if (value === undefined) return <div class="picture-waiting" aria-busy="true" />;
  if (value.edges.length === 0)
    return (
      <Empty icon="role" title="Nothing that the snapshot holds leads on from here">
        How far roles reach is only known where the sync read it.
      </Empty>
    );
  const byKey = new Map(value.nodes.map((node) => [node.key, node]));
  const left = value.leftOut
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => counted(count, KIND_WORDS[kind]![0], KIND_WORDS[kind]![1]));
  return (
    <>
      {left.length > 0 && (
        <Notice tone="low" title={`The picture leaves out ${left.join(", ")}: there is more than fits.`}>
          <p>
            The <a href={thingAddress(thing)}>list</a> has all of it.
          </p>
        </Notice>
      )}
      <PathGraph
        picture={value}
        root={`${thing.type}:${thing.id}`}
        label={`Picture of what leads where from ${nameOf(thing)}`}
      />
      <Disclosure summary="The same as a table">
        <PlainTable
          caption={`What leads where from ${nameOf(thing)}`}
          heads={["From", "How", "To", "As", "Known by"]}
          rows={value.edges.map(({ from, to, kind, label, knownBy }) => [
            byKey.has(from) ? <ThingLink thing={byKey.get(from)!} /> : plainText(from),
            EDGE_WORDS[kind],
            byKey.has(to) ? <ThingLink thing={byKey.get(to)!} /> : plainText(to),
            <bdi key="label">{plainText(label)}</bdi>,
            KNOWN_BY[knownBy],
          ])}
        />
      </Disclosure>
    </>
  );
}

const KIND_WORDS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  person: ["person", "people"],
  group: ["group", "groups"],
  app: ["app", "apps"],
  role: ["role", "roles"],
  secret: ["secret", "secrets"],
  other: ["other thing", "other things"],
};
