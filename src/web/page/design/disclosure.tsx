import type { ComponentChildren } from "preact";
import { Icon } from "./icon.tsx";

/** More of something, for who asks. */
export function Disclosure({
  summary,
  children,
  open = false,
}: {
  summary: ComponentChildren;
  children: ComponentChildren;
  open?: boolean;
}) {
  return (
    <details class="disclosure" open={open}>
      <summary>
        <Icon name="right" size={12} />
        {summary}
      </summary>
      <div class="disclosure-body">{children}</div>
    </details>
  );
}
