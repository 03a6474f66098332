import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon.tsx";

/** What a colour stands for. The words beside it say the same. */
export type Tone = "neutral" | "accent" | "good" | "low" | "medium" | "high" | "critical" | "unknown";

/** A short word with a colour. */
export function Badge({
  tone = "neutral",
  icon,
  children,
}: {
  tone?: Tone;
  icon?: IconName;
  children: ComponentChildren;
}) {
  return (
    <span class={`badge tone-${tone}`}>
      {icon && <Icon name={icon} size={12} />}
      {children}
    </span>
  );
}

const DANGERS: Readonly<Record<string, Tone>> = {
  critical: "critical",
  high: "high",
  medium: "medium",
  moderate: "medium",
  low: "low",
  none: "neutral",
  info: "neutral",
};

/** The colour of a severity or danger; words that are not known are not coloured. */
export function dangerTone(danger: string): Tone {
  return DANGERS[danger.toLowerCase()] ?? "neutral";
}
