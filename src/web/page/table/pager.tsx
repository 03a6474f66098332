import { Icon } from "../design/icon.tsx";
import { count } from "../design/text.ts";
import type { Pages } from "./use-pages.ts";

interface PagerProps {
  readonly pages: Pages<unknown>;
  /** The number of the first row of the page, from 1. */
  readonly first: number;
  readonly rows: number;
  readonly total: number | null;
  readonly unit: readonly [one: string, many: string];
}

/** Which rows are in sight, of how many, and the way to the others. */
export function Pager({ pages: { next, previous, asked }, first, rows, total, unit: [one, many] }: PagerProps) {
  const of = total === null ? "" : ` of ${count(total)}`;
  return (
    <div class="pager">
      <span class="muted">
        {count(first)}–{count(first + rows - 1)}
        {of} {(total ?? rows) === 1 ? one : many}
      </span>
      {(next || previous || asked.state === "asking") && (
        <span class="pager-buttons">
          <button type="button" class="button" disabled={!previous} onClick={previous}>
            <span class="turned">
              <Icon name="right" size={12} />
            </span>
            Previous
          </button>
          <button type="button" class="button" disabled={!next} onClick={next}>
            Next
            <Icon name="right" size={12} />
          </button>
        </span>
      )}
    </div>
  );
}
