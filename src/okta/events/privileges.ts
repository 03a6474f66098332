import { entitlementId, type ResourceKey, resourceKey } from "../../baton/model/ids.ts";
import { isObject, text } from "../../baton/model/values.ts";
import { appType, groupType, roleType, userType } from "../resource/types.ts";
import { STANDARD_ROLES } from "../roles/resource.ts";
import type { LogEntry, LogParty } from "./log-entry.ts";

/** Who a privilege event is about: the kind of its target, and what holds it. */
const HOLDERS: Readonly<Record<string, { readonly target: string; readonly type: string }>> = {
  "user.account.privilege": { target: "User", type: userType.id },
  "group.privilege": { target: "UserGroup", type: groupType.id },
  "app.oauth2.client.privilege": { target: "PublicClientApp", type: appType.id },
};

/** The events about standard admin roles. Source: Okta's event types catalogue. */
export const PRIVILEGE_EVENTS: readonly string[] = Object.keys(HOLDERS).flatMap((one) => [
  `${one}.grant`,
  `${one}.revoke`,
]);

export function isPrivilegeEvent({ eventType }: LogEntry): boolean {
  return PRIVILEGE_EVENTS.includes(text(eventType));
}

interface Privileges {
  readonly at: number;
  readonly by: string;
  /** All standard roles that were held afterwards. */
  readonly held: ReadonlySet<string>;
  /** The one that the entry names as a target; absent where it names none, or several. */
  readonly named: string | undefined;
}

/** A standard role that was given. */
export interface GivenRole {
  readonly entitlement: string;
  readonly principal: ResourceKey;
  readonly at: number;
  readonly by: string;
}

/**
 * Who was given which standard role when. A `grant` lists all that is held by then, whether something came or went, and a
 * `revoke` says that nothing is left: what came is what the one before did not list.
 */
export class HeldRoles {
  readonly #events = new Map<string, { principal: ResourceKey; all: Privileges[] }>();

  take(entry: LogEntry, at: number, by: string): void {
    const [, subject = "", what] = /^(.*)\.(grant|revoke)$/.exec(text(entry.eventType)) ?? [];
    const { target, type } = HOLDERS[subject]!;
    const targets = Array.isArray(entry.target) ? (entry.target as readonly (LogParty | null)[]) : [];
    const roles = targets.flatMap((one) => (isObject(one) && one.type === "ROLE" ? roleOf(one) : []));
    const listed = listedIn(entry);
    const held = what === "revoke" ? [] : listed.length > 0 ? listed : roles;
    const event = { at, by, held: new Set(held), named: roles.length === 1 ? roles[0] : undefined };
    for (const one of targets) {
      const id = isObject(one) && one.type === target ? text(one.id) : "";
      if (id === "") continue;
      const key = resourceKey(type, id);
      const known = this.#events.get(key);
      if (known === undefined) this.#events.set(key, { principal: { type, id }, all: [event] });
      else known.all.push(event);
    }
  }

  /** Each role that was given and not taken again, as far as the entries tell. */
  *given(): Generator<GivenRole> {
    for (const { principal, all } of this.#events.values()) {
      const since = new Map<string, Privileges>();
      let before: ReadonlySet<string> | undefined;
      for (const event of all.toSorted((a, b) => a.at - b.at)) {
        const { held, named } = event;
        // What was held before the first entry is not known: only what it names can have come with it.
        for (const role of held) {
          if (before === undefined ? role === named : !before.has(role)) since.set(role, event);
        }
        for (const role of [...since.keys()]) if (!held.has(role)) since.delete(role);
        before = held;
      }
      for (const [role, { at, by }] of since) {
        yield { entitlement: entitlementId(roleType.id, role, "assigned"), principal, at, by };
      }
    }
  }
}

const BY_LABEL: ReadonlyMap<string, string> = new Map(
  [...STANDARD_ROLES].map(([type, label]) => [label.toLowerCase(), type]),
);

/** The log names a role by its label: the id it gives is none that other endpoints know. A custom role is none of these. */
function roleOf({ displayName, alternateId }: LogParty): string[] {
  const role = alternateId === "CUSTOM" ? undefined : BY_LABEL.get(text(displayName).toLowerCase());
  return role === undefined ? [] : [role];
}

/** The standard roles in an entry's list of labels, as `Super Administrator, Application Administrator (all)`. */
function listedIn({ debugContext }: LogEntry): string[] {
  const data = isObject(debugContext) && isObject(debugContext.debugData) ? debugContext.debugData : {};
  return text(data.privilegeGranted)
    .split(",")
    .flatMap(
      (label) =>
        BY_LABEL.get(
          label
            .replace(/\(.*\)/, "")
            .trim()
            .toLowerCase(),
        ) ?? [],
    );
}
