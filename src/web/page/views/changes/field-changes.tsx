import type { ChangeRow } from "../../../api/contract.ts";
import { Disclosure } from "../../design/disclosure.tsx";
import { Icon } from "../../design/icon.tsx";
import { counted, plainText, sentenceCase } from "../../design/text.ts";

/** Which fields changed, from what to what. */
export function FieldChanges({ fields }: { fields: ChangeRow["fields"] }) {
  if (fields.length === 0) return null;
  return (
    <Disclosure summary={counted(fields.length, "field")}>
      <dl class="field-changes">
        {fields.map(({ name, before, after }) => (
          <div key={name}>
            <dt>{sentenceCase(name)}</dt>
            <dd>
              <Side value={before} /> <Icon name="arrow" size={12} /> <Side value={after} />
            </dd>
          </div>
        ))}
      </dl>
    </Disclosure>
  );
}

function Side({ value }: { value: string | null }) {
  return value === null ? <em class="muted">not there</em> : <bdi>{plainText(value)}</bdi>;
}
