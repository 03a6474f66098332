import { useEffect, useRef } from "preact/hooks";
import { goTo } from "../route/navigation.ts";
import { Combobox } from "./combobox.tsx";

/** The search over everything: `/` leads into it from everywhere. */
export function SearchBox() {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const keyed = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey, target } = event;
      if (key !== "/" || ctrlKey || metaKey || altKey) return;
      if ((target as Element).closest?.("input, textarea, select, [contenteditable]")) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    addEventListener("keydown", keyed);
    return () => removeEventListener("keydown", keyed);
  }, []);
  return (
    <search class="search">
      <Combobox
        label="Find a person, group, app, role or anything else"
        placeholder="Find anybody or anything"
        shortcut="/"
        input={input}
        onChoose={({ type, id }) => goTo(["thing", type, id])}
        onEnter={(text) => goTo(["search"], { q: text })}
      />
    </search>
  );
}
