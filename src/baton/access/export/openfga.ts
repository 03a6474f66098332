import { createHash } from "node:crypto";
import type { SyncContent } from "../../snapshot/content.ts";
import type { StoredGrant } from "../../snapshot/stored-grant.ts";
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
    const owner = `${resource.type}:${resource.id}:`;
    const relation = entitlementId.slice(
      entitlementId.startsWith(owner) ? owner.length : entitlementId.lastIndexOf(":") + 1,
    );
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

/** How many characters a type or relation has at most. Source: OpenFGA, configuration language. */
const MAX_NAME = 50;
/** How many characters the id of an object may have here: with its type it has 256 at most. Source: as above. */
const MAX_ID = 200;

/**
 * Types and relations hold no `:`, `#`, `@` or white space. What had to be changed or cut off ends with a digest, so that no
 * two become one.
 */
function name(text: string): string {
  const plain = text.replace(/[^\w-]/g, "_");
  return plain === text && text.length <= MAX_NAME && text !== "" ? text : shortened(plain, text, MAX_NAME);
}

function shortened(plain: string, text: string, max: number): string {
  const digest = createHash("sha256").update(text.toWellFormed()).digest("hex").slice(0, 12);
  return `${plain.slice(0, max - digest.length - 1)}_${digest}`;
}

/**
 * Ids hold no white space, and no `#` or `:`, which separate the parts of a tuple: what else than letters, digits and
 * `.`, `_`, `-` there is is percent-encoded, so that no two become one.
 */
function object(id: string): string {
  const encoded = id.replace(/[^\w.-]/gu, (character) =>
    encodeURIComponent(character.toWellFormed()).replaceAll("#", "%23"),
  );
  return encoded.length <= MAX_ID ? encoded : shortened(encoded, id, MAX_ID);
}
