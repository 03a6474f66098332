import { useMemo, useState } from "preact/hooks";
import type { AccessGraphPicture, GraphNode } from "../../api/contract.ts";
import { Badge } from "../design/badge.tsx";
import { Icon } from "../design/icon.tsx";
import { count, plainText } from "../design/text.ts";
import { KIND_ICON, nameOf, thingAddress } from "../things/thing-link.tsx";
import { connected } from "./connected.ts";
import { type Layout, layOut, NODE_HEIGHT, NODE_WIDTH, type Placed } from "./layers.ts";
import { Legend } from "./legend.tsx";

/** What leads where from `root`, a node's key: columns from left to right. What one points at shows all its ways. */
export function PathGraph({ picture, root, label }: { picture: AccessGraphPicture; root: string; label: string }) {
  const [all, setAll] = useState(false);
  const [pointed, setPointed] = useState<string | null>(null);
  const layout = useMemo(() => layOut(picture.nodes, picture.edges, all), [picture, all]);
  const lit = useMemo(() => (pointed === null ? undefined : connected(pointed, picture.edges)), [pointed, picture]);
  return (
    <figure class="picture">
      <figcaption class="picture-head">
        <Legend
          kinds={
            new Set(picture.edges.map(({ kind, knownBy }) => (kind === "member" || kind === "holds" ? knownBy : kind)))
          }
        />
        {(layout.hidden > 0 || all) && (
          <button type="button" class="button" aria-pressed={all} onClick={() => setAll(!all)}>
            {all ? "Draw less" : `Draw ${count(layout.hidden)} more`}
          </button>
        )}
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached by the keyboard */}
      <section class="picture-scroll" tabIndex={0} aria-label={label}>
        <div class="graph" style={{ width: `${layout.width}px`, height: `${layout.height}px` }}>
          <Lines layout={layout} lit={lit} />
          {layout.heads.map(({ label: head, x }) => (
            <span key={x} class="graph-head" style={{ left: `${x}px`, width: `${NODE_WIDTH}px` }}>
              {head}
            </span>
          ))}
          {layout.nodes.map((placed) => (
            <Node
              key={placed.node.key}
              placed={placed}
              root={placed.node.key === root}
              dim={lit !== undefined && !lit.has(placed.node.key)}
              onPoint={setPointed}
            />
          ))}
        </div>
      </section>
    </figure>
  );
}

function Lines({ layout: { width, height, edges }, lit }: { layout: Layout; lit: Set<string> | undefined }) {
  return (
    <svg class="graph-lines" width={width} height={height} aria-hidden="true" focusable="false">
      <defs>
        <marker id="reaches" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path class="arrow-reaches" d="M0 0.5L8 4L0 7.5z" />
        </marker>
      </defs>
      {edges.map(({ edge, path }) => {
        const off = lit !== undefined && !(lit.has(edge.from) && lit.has(edge.to));
        return (
          <path
            key={`${edge.from} ${edge.to} ${edge.kind} ${edge.label}`}
            class={`edge edge-${edge.kind} known-${edge.knownBy} ${off ? "is-dim" : lit ? "is-lit" : ""}`}
            d={path}
            marker-end={edge.kind === "reaches" ? "url(#reaches)" : undefined}
          />
        );
      })}
    </svg>
  );
}

function Node({
  placed: { node, x, y },
  root,
  dim,
  onPoint,
}: {
  placed: Placed;
  root: boolean;
  dim: boolean;
  onPoint: (key: string | null) => void;
}) {
  const place = { left: `${x}px`, top: `${y}px`, width: `${NODE_WIDTH}px`, height: `${NODE_HEIGHT}px` };
  const mark = `node kind-${node.kind} ${root ? "is-root" : ""} ${node.privileged ? "is-privileged" : ""} ${dim ? "is-dim" : ""}`;
  const watch = {
    onMouseEnter: () => onPoint(node.key),
    onMouseLeave: () => onPoint(null),
    onFocus: () => onPoint(node.key),
    onBlur: () => onPoint(null),
  };
  const title = [nameOf(node), node.note && plainText(node.note)].filter(Boolean).join(": ");
  if (!node.known) {
    return (
      <span class={`${mark} is-gone`} style={place} title={title}>
        <Inside node={node} />
      </span>
    );
  }
  return (
    <a class={mark} style={place} href={thingAddress(node)} title={title} {...watch}>
      <Inside node={node} />
    </a>
  );
}

function Inside({ node }: { node: GraphNode }) {
  return (
    <>
      <Icon name={KIND_ICON[node.kind]} size={14} />
      <span class="node-name">
        <bdi>{nameOf(node)}</bdi>
      </span>
      {node.note !== "" ? (
        <span class="node-note">{plainText(node.note)}</span>
      ) : (
        node.privileged && <Badge tone="accent">Admin</Badge>
      )}
    </>
  );
}
