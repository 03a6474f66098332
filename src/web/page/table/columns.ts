import type { ComponentChildren } from "preact";

/** A column of a table. */
export interface Column<Row> {
  /** Stands in the address for the column. */
  readonly id: string;
  readonly label: string;
  /** What the server sorts by; without it the column cannot be sorted. */
  readonly sort?: string;
  /** Numbers stand at the right, one under the other. */
  readonly numeric?: boolean;
  /** The column that names the row: it is always there, and first. */
  readonly main?: boolean;
  /** Only shown where it is asked for. */
  readonly hidden?: boolean;
  readonly cell: (row: Row) => ComponentChildren;
}

/** The columns that are shown: those that the address names (`a,b`), else those that are not hidden. */
export function shownColumns<Row>(columns: readonly Column<Row>[], named: string | undefined): Column<Row>[] {
  const wanted = named?.split(",");
  return columns.filter(({ id, main, hidden }) => main || (wanted ? wanted.includes(id) : !hidden));
}

/** The columns after one was put in or out, for the address; `null` where they are those that are shown anyway. */
export function toggledColumns<Row>(
  columns: readonly Column<Row>[],
  named: string | undefined,
  toggled: string,
): string | null {
  const shown = new Set(shownColumns(columns, named).map(({ id }) => id));
  if (!shown.delete(toggled)) shown.add(toggled);
  const ids = (some: readonly Column<Row>[]) => some.filter(({ main }) => !main).map(({ id }) => id);
  const after = ids(columns.filter(({ id }) => shown.has(id))).join(",");
  return after === ids(columns.filter(({ hidden }) => !hidden)).join(",") ? null : after;
}
