import type { RefObject } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { SearchHit } from "../../api/contract.ts";
import { Icon } from "../design/icon.tsx";
import { counted } from "../design/text.ts";
import { useRoute } from "../route/navigation.ts";
import { Hit } from "./hit.tsx";
import { useSearch } from "./use-search.ts";

interface ComboboxProps {
  readonly label: string;
  readonly placeholder: string;
  /** Only resources of these types, with commas; none: all. */
  readonly type?: string;
  /** The key that is shown as the way into the field. */
  readonly shortcut?: string;
  readonly input?: RefObject<HTMLInputElement | null>;
  readonly onChoose: (hit: SearchHit) => void;
  /** Enter without a hit that is chosen. */
  readonly onEnter?: (text: string) => void;
}

/** A field that finds people and things as one types; arrows and Enter choose one. Source: WAI-ARIA, combobox pattern. */
export function Combobox({ label, placeholder, type = "", shortcut, input, onChoose, onEnter }: ComboboxProps) {
  const id = useId();
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const root = useRef<HTMLDivElement>(null);
  const found = useSearch(text, useRoute().query.sync, type);
  const { hits } = found;
  const shown = open && text.trim() !== "" && found.text !== "";
  useEffect(() => setActive(-1), [found]);
  useEffect(() => {
    root.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [active]);
  const choose = (hit: SearchHit) => {
    setOpen(false);
    setText("");
    onChoose(hit);
  };
  const keyed = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      // Before the first and after the last stands the field itself.
      setActive(((active + 1 + step + hits.length + 1) % (hits.length + 1)) - 1);
    } else if (event.key === "Enter") {
      const hit = hits[active];
      if (shown && hit) choose(hit);
      else if (text.trim() !== "" && onEnter) {
        setOpen(false);
        onEnter(text.trim());
      }
    } else if (event.key === "Escape" && (shown || text !== "")) {
      event.preventDefault();
      if (shown) setOpen(false);
      else setText("");
    }
  };
  const said =
    found.failure ||
    (hits.length === 0 ? "Nothing found" : `${counted(hits.length, "result")}${found.more ? ", and more" : ""}`);
  return (
    <div
      class="combobox"
      ref={root}
      onFocusOut={({ relatedTarget }) => {
        if (!root.current?.contains(relatedTarget as Node | null)) setOpen(false);
      }}
    >
      <Icon name="search" />
      <input
        ref={input ?? null}
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={shown}
        aria-controls={`${id}-hits`}
        aria-autocomplete="list"
        aria-activedescendant={shown && active >= 0 ? `${id}-${active}` : undefined}
        placeholder={placeholder}
        autocomplete="off"
        spellcheck={false}
        value={text}
        onFocus={() => setOpen(true)}
        onInput={({ currentTarget: { value } }) => {
          setText(value);
          setOpen(true);
        }}
        onKeyDown={keyed}
      />
      {shortcut && <kbd>{shortcut}</kbd>}
      <div class="hits" hidden={!shown}>
        <div id={`${id}-hits`} role="listbox" aria-label={label}>
          {hits.map((hit, at) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field hears the keys
            <div
              key={`${hit.type}:${hit.id}`}
              id={`${id}-${at}`}
              role="option"
              tabIndex={-1}
              aria-selected={at === active}
              class="hit"
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(hit)}
            >
              <Hit hit={hit} />
            </div>
          ))}
        </div>
        {shown && (hits.length === 0 || found.more) && (
          <p class="hits-end">
            {hits.length === 0 ? said : onEnter ? "Enter shows all of them" : "There are more: type on"}
          </p>
        )}
      </div>
      <span class="visually-hidden" role="status">
        {shown ? said : ""}
      </span>
    </div>
  );
}
