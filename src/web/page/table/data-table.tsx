import type { ComponentChildren } from "preact";
import type { Page } from "../../api/contract.ts";
import { Failed, NotKnown, Skeleton } from "../design/states.tsx";
import { sentence } from "../design/text.ts";
import { useRoute } from "../route/navigation.ts";
import { ColumnChoice } from "./column-choice.tsx";
import { type Column, shownColumns } from "./columns.ts";
import { Export } from "./export.tsx";
import { Head } from "./head.tsx";
import { Pager } from "./pager.tsx";
import { PAGE_ROWS, type Pages } from "./use-pages.ts";

interface DataTableProps<Row> {
  /** What the table shows, for who listens. */
  readonly caption: string;
  readonly pages: Pages<Page<Row> & { readonly state?: string; readonly message?: string }>;
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  readonly filters?: ComponentChildren;
  /** What stands there where there are no rows. */
  readonly empty: ComponentChildren;
  /** What a row is, for counting: `person`, `people`. */
  readonly unit: readonly [one: string, many: string];
}

/** A table of a list: filters, columns to choose, sorting, pages, and all of it as CSV. */
export function DataTable<Row>({ caption, pages, columns, rowKey, filters, empty, unit }: DataTableProps<Row>) {
  const { query } = useRoute();
  const { asked, number } = pages;
  const shown = shownColumns(columns, query.columns);
  const rows = asked.value?.rows ?? [];
  const working = asked.value?.state === "working";
  const waiting = asked.value === undefined || working;
  return (
    <section class="table-view" aria-label={caption}>
      <div class="toolbar">
        <div class="filters">{filters}</div>
        <div class="tools">
          <ColumnChoice columns={columns} />
          <Export href={pages.csv} rows={asked.value?.total ?? null} />
        </div>
      </div>
      {asked.failure ? (
        <Failed failure={asked.failure} again={asked.again} />
      ) : asked.value?.state === "notKnown" ? (
        <NotKnown>{sentence(asked.value.message ?? "")}</NotKnown>
      ) : waiting ? (
        <div class="table-waiting">
          {working && <p class="muted working-note">Being worked out: this takes a moment, once for each sync.</p>}
          <Skeleton lines={PAGE_ROWS} label={`Loading: ${caption}`} />
        </div>
      ) : rows.length === 0 ? (
        empty
      ) : (
        <>
          <div class="table-scroll" aria-busy={asked.state === "asking"}>
            <table class="table">
              <caption class="visually-hidden">{caption}</caption>
              <Head columns={shown} />
              <tbody>
                {rows.map((row) => (
                  <tr key={rowKey(row)}>
                    {shown.map(({ id, label, main, numeric, cell }) =>
                      main ? (
                        <th key={id} scope="row" data-label={label}>
                          {cell(row)}
                        </th>
                      ) : (
                        <td key={id} class={numeric ? "numeric" : undefined} data-label={label}>
                          {cell(row)}
                        </td>
                      ),
                    )}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <Pager
            pages={pages}
            first={(number - 1) * PAGE_ROWS + 1}
            rows={rows.length}
            total={asked.value?.total ?? null}
            unit={unit}
          />
        </>
      )}
      <p class="visually-hidden" role="status">
        {asked.state === "answered" && !working ? announced(rows.length, asked.value?.total ?? null, unit) : ""}
      </p>
    </section>
  );
}

function announced(rows: number, total: number | null, [one, many]: readonly [string, string]): string {
  if (rows === 0) return `No ${many}`;
  const word = (total ?? rows) === 1 ? one : many;
  return total === null ? `${rows} ${word} on this page` : `${total} ${word}`;
}
