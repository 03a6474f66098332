import type { StoredGrant, SyncContent } from "../../snapshot/content.ts";
import type { ExportForm } from "./form.ts";

/** The columns of a file of tuples. Source: OpenFGA, `fga tuple write --file`, CSV. */
const COLUMNS = "user_type,user_id,user_relation,relation,object_type,object_id,condition_name,condition_context";

/** The entitlement by whose holders a group is meant, where it holds something. */
const MEMBER = "member";

/** OpenFGA relationship tuples: a group that holds something stands for its members (`group:00g1#member`). */
export const openfga: ExportForm = {
  about: "OpenFGA relationship tuples, as CSV",
  stream: true,
  files: ({ content }) => [{ name: "tuples.csv", write: () => tuples(content) }],
};

function* tuples(content: SyncContent): Generator<string> {
  yield `${COLUMNS}\n`;
  const groups = content.typesWithSlug(MEMBER);
  for (const grant of content.briefGrants()) {
    if (follows(grant, content)) continue;
    const { resource, principal, entitlementId } = grant;
    const relation = entitlementId.slice(entitlementId.lastIndexOf(":") + 1);
    const members =
      groups.has(principal.type) && content.findEntitlement(`${principal.type}:${principal.id}:${MEMBER}`);
    const cells = [
      name(principal.type),
      object(principal.id),
      members ? MEMBER : "",
      name(relation),
      name(resource.type),
      object(resource.id),
      "",
      "",
    ];
    yield `${cells.join(",")}\n`;
  }
}

/**
 * What follows from other tuples is not one itself: the model says that a group's members have what it has. Where the
 * group that gives it is not in the snapshot, it would be lost, and stands for itself.
 */
function follows(grant: StoredGrant, content: SyncContent): boolean {
  const { sources } = grant;
  if (sources.includes(grant.entitlementId)) return false;
  if (sources.length === 0 && grant.origin !== "group") return false;
  return sources.some((source) => {
    const [type = "", ...rest] = source.split(":");
    const group = { type, id: rest.slice(0, -1).join(":") };
    for (const _ of content.holdings({ entitlementId: grant.entitlementId, principal: group })) return true;
    return false;
  });
}

/** Types and relations. Source: OpenFGA, configuration language: no `:`, `#`, `@` or white space, 50 characters. */
function name(text: string): string {
  return text.replace(/[^\w-]/g, "_").slice(0, 50);
}

/**
 * Ids hold no white space, and no `#` or `:`, which separate the parts of a tuple: what else than letters, digits and
 * `.`, `_`, `-` there is is percent-encoded, so that no two become one.
 */
function object(id: string): string {
  return id.replace(/[^\w.-]/gu, (character) => encodeURIComponent(character.toWellFormed()).replaceAll("#", "%23"));
}
