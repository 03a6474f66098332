import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { count } from "../design/text.ts";

const WIDTH = 200;
const HEIGHT = 48;
const MARGIN = 4;

interface CountLineProps {
  readonly label: string;
  readonly points: readonly number[];
  /** What the point of an index is called. */
  readonly nameOf: (at: number) => string;
}

/** One count over time, small: the last number, by how much it moved, and its shape between its lowest and highest. */
export function CountLine({ label, points, nameOf }: CountLineProps) {
  const first = points[0]!;
  const last = points.at(-1)!;
  const low = Math.min(...points);
  const high = Math.max(...points);
  const x = scaleLinear([0, points.length - 1], [MARGIN, WIDTH - MARGIN]);
  // A line that does not move stands in the middle.
  const y = scaleLinear(low === high ? [low - 1, high + 1] : [low, high], [HEIGHT - MARGIN, MARGIN]);
  const shape = line<number>(
    (_, at) => x(at),
    (value) => y(value),
  )([...points])!;
  const moved = last - first;
  const movedText = moved === 0 ? "±0" : `${moved > 0 ? "+" : "−"}${count(Math.abs(moved))}`;
  return (
    <figure class="count-line">
      <figcaption>
        <span class="count-line-label">{label}</span>
        <span class="count-line-value">{count(last)}</span>
        <span class="count-line-moved">{movedText}</span>
      </figcaption>
      <div class="count-line-plot">
        <span class="count-line-scale" aria-hidden="true">
          {low !== high && <span>{count(high)}</span>}
          <span>{count(low)}</span>
        </span>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${label}: ${count(first)} at ${nameOf(0)}, ${count(last)} at ${nameOf(points.length - 1)}; between ${count(low)} and ${count(high)} over ${points.length} syncs`}
        >
          <path class="count-path" d={shape} vector-effect="non-scaling-stroke" />
        </svg>
      </div>
    </figure>
  );
}
