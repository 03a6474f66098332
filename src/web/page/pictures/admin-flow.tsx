import { useMemo, useState } from "preact/hooks";
import type { AdminRole, AdminFlow as Flow } from "../../api/contract.ts";
import { Icon } from "../design/icon.tsx";
import { count, counted } from "../design/text.ts";
import { nameOf, thingAddress } from "../things/thing-link.tsx";
import { type FlowEnd, layOutFlows } from "./flow.ts";

/** Room for the names at each side, and for the flows between them. */
const SIDE = 260;
const BETWEEN = 400;

/** Who is admin through what, as flows from ways to roles. */
export function AdminFlowPicture({ flows, roles }: { flows: readonly Flow[]; roles: readonly AdminRole[] }) {
  const { height, ends, ribbons } = useMemo(() => layOutFlows(flows, roles, BETWEEN), [flows, roles]);
  const [pointed, setPointed] = useState<string | null>(null);
  const touches = ({ via, kind, role }: Flow) =>
    pointed === null ||
    pointed === `way ${via ? `${via.type}:${via.id}` : kind}` ||
    pointed === `role ${role.type}:${role.id}`;
  return (
    <figure class="picture">
      <figcaption class="picture-head">
        <span class="muted">Ways at the left lead to roles at the right; the wider, the more people.</span>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached by the keyboard */}
      <section class="picture-scroll" tabIndex={0} aria-label="Picture of who is admin through what">
        <div class="flow" style={{ width: `${BETWEEN + 2 * SIDE}px`, height: `${height}px` }}>
          <svg
            class="flow-lines"
            style={{ left: `${SIDE}px` }}
            width={BETWEEN}
            height={height}
            aria-hidden="true"
            focusable="false"
          >
            {ribbons.map(({ flow, path, width }) => (
              <path
                key={`${flow.kind} ${flow.via?.id} ${flow.role.type}:${flow.role.id}`}
                class={`ribbon ribbon-${flow.kind} ${touches(flow) ? "" : "is-dim"}`}
                d={path}
                stroke-width={width}
              >
                <title>{`${wayName(flow.kind, flow.via && nameOf(flow.via))} → ${nameOf(flow.role)}: ${counted(flow.people, "person", "people")}`}</title>
              </path>
            ))}
            {ends.map(({ end, x, y, height: high }) => (
              <rect key={end.id} class={`flow-bar flow-bar-${end.kind}`} x={x} y={y} width="10" height={high} rx="2" />
            ))}
          </svg>
          {ends.map(({ end, people, y, height: high }) => (
            <End key={end.id} end={end} people={people} middle={y + high / 2} onPoint={setPointed} />
          ))}
        </div>
      </section>
    </figure>
  );
}

/** What a way to a role is called. */
export function wayName(kind: Flow["kind"] | "role", name: string | null): string {
  if (name !== null) return name;
  return kind === "direct" ? "Directly" : kind === "unknown" ? "Not known" : "A group";
}

function End({
  end,
  people,
  middle,
  onPoint,
}: {
  end: FlowEnd;
  people: number | null;
  middle: number;
  onPoint: (id: string | null) => void;
}) {
  const { id, side, kind, thing } = end;
  const place = { top: `${middle - 12}px`, width: `${SIDE - 14}px`, [side === "way" ? "left" : "right"]: "0" };
  const name = wayName(kind, thing && nameOf(thing));
  const inside = (
    <>
      {side === "way" && (
        <Icon name={kind === "group" ? "group" : kind === "direct" ? "person" : "unknown"} size={14} />
      )}
      {side === "role" && <Icon name="role" size={14} />}
      <span class="flow-name">
        <bdi>{name}</bdi>
      </span>
      {people !== null && <span class="flow-count">{count(people)}</span>}
    </>
  );
  const watch = { onMouseEnter: () => onPoint(id), onMouseLeave: () => onPoint(null) };
  if (thing === null || !thing.known) {
    return (
      <span class={`flow-end flow-${side}`} style={place} title={name} {...watch}>
        {inside}
      </span>
    );
  }
  return (
    <a
      class={`flow-end flow-${side}`}
      style={place}
      href={thingAddress(thing, { tab: "holders" })}
      title={name}
      onFocus={watch.onMouseEnter}
      onBlur={watch.onMouseLeave}
      {...watch}
    >
      {inside}
    </a>
  );
}
