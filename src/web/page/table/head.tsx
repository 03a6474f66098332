import { Icon } from "../design/icon.tsx";
import { changeQuery, useRoute } from "../route/navigation.ts";
import type { Column } from "./columns.ts";

/** The heads of the columns; those that can be sorted are buttons. */
export function Head<Row>({ columns }: { columns: readonly Column<Row>[] }) {
  const { query } = useRoute();
  const sortedBy = query.sort ?? columns.find(({ main, sort }) => main && sort)?.sort;
  const down = query.desc === "true";
  return (
    <thead>
      <tr>
        {columns.map(({ id, label, sort, numeric }) => {
          const sorted = sort !== undefined && sort === sortedBy;
          return (
            <th
              key={id}
              scope="col"
              class={numeric ? "numeric" : undefined}
              aria-sort={sorted ? (down ? "descending" : "ascending") : undefined}
            >
              {sort === undefined ? (
                label
              ) : (
                <button
                  type="button"
                  class="sort"
                  onClick={() =>
                    // Numbers and times are first wanted from the top.
                    changeQuery({ sort, desc: (sorted ? !down : numeric) ? "true" : null, cursor: null, page: null })
                  }
                >
                  {label}
                  <span class={sorted ? "sort-mark" : "sort-mark is-idle"}>
                    <Icon name={sorted && down ? "down" : "up"} size={12} />
                  </span>
                </button>
              )}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}
