import { Popover } from "../design/popover.tsx";
import { changeQuery, useRoute } from "../route/navigation.ts";
import { type Column, shownColumns, toggledColumns } from "./columns.ts";

/** Which columns are shown. */
export function ColumnChoice<Row>({ columns }: { columns: readonly Column<Row>[] }) {
  const named = useRoute().query.columns;
  const shown = new Set(shownColumns(columns, named).map(({ id }) => id));
  return (
    <Popover label="Columns" icon="columns">
      <fieldset class="checks">
        <legend>Columns</legend>
        {columns
          .filter(({ main }) => !main)
          .map(({ id, label }) => (
            <label key={id}>
              <input
                type="checkbox"
                checked={shown.has(id)}
                onChange={() => changeQuery({ columns: toggledColumns(columns, named, id) }, { replace: true })}
              />
              {label}
            </label>
          ))}
      </fieldset>
    </Popover>
  );
}
