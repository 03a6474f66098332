import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface PanelProps {
  readonly title: string;
  /** What stands at the right of the title. */
  readonly aside?: ComponentChildren;
  /** How much room it takes on wide screens, of 12 columns. */
  readonly span?: 4 | 6 | 8 | 12;
  readonly children: ComponentChildren;
}

/** A part of a view, with its heading. */
export function Panel({ title, aside, span = 12, children }: PanelProps) {
  const id = useId();
  return (
    <section class={`panel span-${span}`} aria-labelledby={id}>
      <header class="panel-head">
        <h2 id={id}>{title}</h2>
        {aside && <div class="panel-aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}
