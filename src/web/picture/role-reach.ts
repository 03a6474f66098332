import type { ResourceKey } from "../../baton/model/ids.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { NamesCatalog } from "../catalog/names.ts";
import type { SyncView } from "./sync-view.ts";

/** What a role lets its holder reach. */
export interface Reached {
  readonly things: readonly { readonly key: ResourceKey; readonly label: string }[];
  /** What is no single thing, as `everything`; `""` where nothing is known of it. */
  readonly note: string;
}

/** So many of the things that one role reaches are shown. */
const MAX_THINGS = 40;

/** Contents of resource sets that are a whole kind of things, as `docs/reach.md` has them. */
const WHOLE: Readonly<Record<string, string>> = { users: "all people", groups: "all groups", apps: "all apps" };

const ONE = /^(users|groups|apps)\/([^/]+)(\/users)?$/;
const TYPES: Readonly<Record<string, string>> = { users: "user", groups: "group", apps: "app" };

/** What a role, or a binding of one, reaches where somebody holds it, as far as the snapshot says (`--sync-reach`). */
export function whatRoleReaches(view: SyncView, names: NamesCatalog, holder: ResourceKey, role: ResourceKey): Reached {
  if (role.type === "resourceset-binding") {
    return contentsOf(view, role.id.slice(0, Math.max(0, role.id.indexOf(":"))));
  }
  const found: Reached[] = names.idsFrom("role-assignment", `${holder.id}:`, MAX_THINGS).flatMap((id) => {
    const assignment = view.content.findResource("role-assignment", id)?.message;
    if (assignment === undefined || !isOf(assignment, role)) return [];
    return [reachOf(view, assignment)];
  });
  const things = found.flatMap((one) => one.things).slice(0, MAX_THINGS);
  return { things, note: [...new Set(found.map(({ note }) => note).filter((note) => note !== ""))].join("; ") };
}

function isOf({ profile }: Resource, { id }: ResourceKey): boolean {
  return profile?.role_type === id || profile?.role_id === id;
}

function reachOf(view: SyncView, { profile = {} }: Resource): Reached {
  switch (profile.reach) {
    case "everything":
      return { things: [], note: "everything" };
    case "targets": {
      const groups = texts(profile.target_group_ids).map((id) => ({
        key: { type: "group", id },
        label: "administers",
      }));
      const apps = texts(profile.target_app_ids).map((id) => ({ key: { type: "app", id }, label: "administers" }));
      const catalogue = texts(profile.target_app_names);
      return {
        things: [...groups, ...apps],
        note: catalogue.map((name) => `every app of the kind ${name}`).join(", "),
      };
    }
    case "resource-set":
      return contentsOf(view, typeof profile.resource_set_id === "string" ? profile.resource_set_id : "");
    default:
      return { things: [], note: "reach not known" };
  }
}

function contentsOf(view: SyncView, set: string): Reached {
  const contents = view.content.findResource("resource-set", set)?.message.profile?.resources;
  if (!Array.isArray(contents)) return { things: [], note: "reach not known" };
  const things: Reached["things"][number][] = [];
  const notes = new Set<string>();
  for (const one of texts(contents)) {
    const [, kind, id, members] = ONE.exec(one) ?? [];
    if (kind !== undefined && id !== undefined) {
      const label = members === undefined ? "administers" : "administers its members";
      things.push({ key: { type: TYPES[kind]!, id }, label });
    } else notes.add(Object.hasOwn(WHOLE, one) ? WHOLE[one]! : one);
  }
  return { things: things.slice(0, MAX_THINGS), note: [...notes].slice(0, 10).join(", ") };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}
