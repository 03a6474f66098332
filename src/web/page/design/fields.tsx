import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Icon } from "./icon.tsx";

/** So long after the last key a text is taken. */
const TYPED_MS = 220;

/** A field that filters while one types. */
export function FilterField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const id = useId();
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <span class="field-with-icon">
        <Icon name="search" size={14} />
        <input
          id={id}
          type="search"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            clearTimeout(timer.current);
            timer.current = setTimeout(onChange, TYPED_MS, currentTarget.value.trim());
          }}
        />
      </span>
    </div>
  );
}

/** One of several. */
export function SelectField({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {options.map(([option, text]) => (
          <option key={option} value={option} selected={option === value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** One of a few, all in sight, each with how many there are. */
export function Chips({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly {
    readonly value: string;
    readonly text: string;
    readonly count?: number;
    readonly tone?: string;
  }[];
  readonly onChange: (value: string) => void;
}) {
  return (
    <fieldset class="chips">
      <legend>{label}</legend>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          class={`chip ${option.tone ? `tone-${option.tone}` : ""}`}
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.tone && <span class="dot" />}
          {option.text}
          {option.count !== undefined && <span class="chip-count">{option.count.toLocaleString("en-US")}</span>}
        </button>
      ))}
    </fieldset>
  );
}
