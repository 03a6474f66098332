import type { Kind, Thing } from "../../api/contract.ts";
import { Icon, type IconName } from "../design/icon.tsx";
import { plainText } from "../design/text.ts";
import { linkTo } from "../route/navigation.ts";

/** The icon of a kind. */
export const KIND_ICON: Readonly<Record<Kind, IconName>> = {
  person: "person",
  group: "group",
  app: "app",
  role: "role",
  secret: "secret",
  other: "other",
};

/** What somebody or something is called: its id where the snapshot does not say. */
export function nameOf({ name, id }: Pick<Thing, "name" | "id">): string {
  return plainText(name === "" ? id : name);
}

/** The address of somebody or something. */
export function thingAddress({ type, id }: Pick<Thing, "type" | "id">, query: Record<string, string> = {}): string {
  return linkTo(["thing", type, id], query);
}

/** Somebody or something by name, as a link to all that is known of it. */
export function ThingLink({ thing, icon = true }: { thing: Thing; icon?: boolean }) {
  const name = nameOf(thing);
  if (!thing.known) {
    return (
      <span
        class="thing thing-gone"
        title={`${thing.type} ${plainText(thing.id)}: the snapshot names it and does not hold it`}
      >
        {icon && <Icon name={KIND_ICON[thing.kind]} size={14} />}
        <bdi>{name}</bdi> <span class="muted">(not in the snapshot)</span>
      </span>
    );
  }
  return (
    <a class="thing" href={thingAddress(thing)}>
      {icon && <Icon name={KIND_ICON[thing.kind]} size={14} />}
      <bdi>{name}</bdi>
    </a>
  );
}
