import type { ComponentChildren } from "preact";
import type { RequestFailure } from "../api/request.ts";
import { Icon, type IconName } from "./icon.tsx";
import { sentence } from "./text.ts";

/** Nothing to show, and what that means. */
export function Empty({
  icon = "search",
  title,
  children,
}: {
  icon?: IconName;
  title: string;
  children?: ComponentChildren;
}) {
  return (
    <div class="state">
      <Icon name={icon} size={24} />
      <p class="state-title">{title}</p>
      {children && <div class="state-more">{children}</div>}
    </div>
  );
}

/** Something that could not be answered: not the same as nothing. */
export function Failed({ failure, again }: { failure: RequestFailure; again?: () => void }) {
  return (
    <div class="state state-failed" role="alert">
      <Icon name="finding" size={24} />
      <p class="state-title">{failure.status === 404 ? "Not in this snapshot" : "This could not be answered"}</p>
      <div class="state-more">{sentence(failure.message)}</div>
      {again && failure.status !== 404 && (
        <button type="button" class="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}

/** What cannot be told from the snapshot, and why. It never means "none". */
export function NotKnown({ children }: { children: ComponentChildren }) {
  return (
    <div class="not-known">
      <Icon name="unknown" />
      <div>
        <strong>Not known.</strong> {children}
      </div>
    </div>
  );
}

/** Lines in place of what is on its way, as many as it will likely have. */
export function Skeleton({ lines = 3, label = "Loading" }: { lines?: number; label?: string }) {
  return (
    <div class="skeleton" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, at) => (
        <span key={at} class="skeleton-line" />
      ))}
    </div>
  );
}

/** A sentence that must not be overlooked. */
export function Notice({
  tone,
  title,
  children,
}: {
  tone: "medium" | "unknown" | "low";
  title: string;
  children?: ComponentChildren;
}) {
  return (
    <section class={`notice tone-${tone}`} aria-label={title}>
      <Icon name={tone === "unknown" ? "unknown" : tone === "medium" ? "finding" : "info"} />
      <div class="notice-text">
        <p class="notice-title">{title}</p>
        {children}
      </div>
    </section>
  );
}
