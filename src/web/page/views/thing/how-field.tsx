import { SelectField } from "../../design/fields.tsx";
import { useRoute } from "../../route/navigation.ts";
import { filterBy } from "../../table/filters.ts";

/** How something may be held, as one asks for it. */
const OPTIONS: readonly (readonly [string, string])[] = [
  ["", "Any way"],
  ["true", "Directly"],
  ["false", "Only through something else"],
  ["unknown", "Not known"],
];

/** Narrows a list of access to what is held in one way. */
export function HowField() {
  const { direct = "" } = useRoute().query;
  return <SelectField label="How" value={direct} options={OPTIONS} onChange={(to) => filterBy({ direct: to })} />;
}
