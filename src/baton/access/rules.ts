import type { ResourceKey } from "../model/ids.ts";
import type { SyncContent } from "../snapshot/content.ts";

/** The type of resources that put principals into groups by a condition; their profiles say into which (docs/reach.md). */
const RULE = "group-rule";
/** The type of the groups that rules fill. */
const GROUP = "group";

interface Rule {
  readonly key: ResourceKey;
  readonly excluded: ReadonlySet<string>;
}

/** The rules of a snapshot that may put somebody into a group. They are few, and read once. */
export class GroupRules {
  readonly #content: SyncContent;
  #byGroup: ReadonlyMap<string, readonly Rule[]> | undefined;

  constructor(content: SyncContent) {
    this.#content = content;
  }

  /** Active rules that name a group and do not exclude a principal: it may be a member because of any of them. */
  feeding(group: ResourceKey, principal: ResourceKey): readonly ResourceKey[] {
    if (group.type !== GROUP) return [];
    this.#byGroup ??= rulesByGroup(this.#content);
    const rules = this.#byGroup.get(group.id) ?? [];
    return rules.filter(({ excluded }) => !excluded.has(principal.id)).map(({ key }) => key);
  }
}

function rulesByGroup(content: SyncContent): ReadonlyMap<string, readonly Rule[]> {
  const byGroup = new Map<string, Rule[]>();
  for (const stored of content.resources(RULE)) {
    const { id, profile = {} } = stored.message;
    if (profile.status !== "ACTIVE") continue;
    const rule = { key: { type: RULE, id: id?.resource ?? "" }, excluded: new Set(texts(profile.excluded_user_ids)) };
    for (const group of texts(profile.group_ids)) byGroup.set(group, [...(byGroup.get(group) ?? []), rule]);
  }
  return byGroup;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}
