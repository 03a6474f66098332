import type { ComponentChildren } from "preact";

/** A small table that is all there: no pages, nothing to choose. */
export function PlainTable({
  caption,
  heads,
  rows,
}: {
  readonly caption: string;
  /** A column that begins with `#` holds numbers. */
  readonly heads: readonly string[];
  readonly rows: readonly (readonly ComponentChildren[])[];
}) {
  const labels = heads.map((head) => head.replace(/^#/, ""));
  const numeric = (at: number) => (heads[at]?.startsWith("#") ? "numeric" : undefined);
  return (
    <div class="table-scroll">
      <table class="table">
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {labels.map((label, at) => (
              <th key={label} scope="col" class={numeric(at)}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, row) => (
            <tr key={row}>
              {cells.map((cell, at) =>
                at === 0 ? (
                  <th key={labels[at]} scope="row" data-label={labels[at]}>
                    {cell}
                  </th>
                ) : (
                  <td key={labels[at]} class={numeric(at)} data-label={labels[at]}>
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
