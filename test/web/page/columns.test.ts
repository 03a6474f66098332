import { describe, expect, it } from "vitest";
import { type Column, shownColumns, toggledColumns } from "../../../src/web/page/table/columns.ts";

const column = (id: string, more: Partial<Column<never>> = {}): Column<never> => ({
  id,
  label: id,
  cell: () => id,
  ...more,
});
const COLUMNS = [column("name", { main: true }), column("a"), column("b"), column("c", { hidden: true })];
const ids = (named?: string) => shownColumns(COLUMNS, named).map(({ id }) => id);

describe("the columns of a table", () => {
  it("are those that are not hidden, or those that the address names", () => {
    expect(ids()).toEqual(["name", "a", "b"]);
    expect(ids("c,a")).toEqual(["name", "a", "c"]);
  });

  it("always name the row, whatever the address says", () => {
    expect(ids("")).toEqual(["name"]);
    expect(ids("nothing-that-is-there")).toEqual(["name"]);
  });

  it("are put in and out, and leave the address when they are those of the start", () => {
    expect(toggledColumns(COLUMNS, undefined, "c")).toBe("a,b,c");
    expect(toggledColumns(COLUMNS, "a,b,c", "c")).toBeNull();
    expect(toggledColumns(COLUMNS, "a", "b")).toBeNull();
    expect(toggledColumns(COLUMNS, undefined, "b")).toBe("a");
  });
});
