import { find } from "../../../baton/model/annotations.ts";
import type { ResourceKey } from "../../../baton/model/ids.ts";
import { SecretTraitSchema } from "../../../gen/c1/connector/v2/annotation_trait_pb.ts";
import type { Resource, ResourceId } from "../../../gen/c1/connector/v2/resource_pb.ts";
import { isFailure } from "../../../runtime/failure.ts";
import type { NamesCatalog } from "../../catalog/names.ts";
import { PageError } from "../../page-error.ts";
import type { Picture } from "../../picture/picture.ts";
import type { EntitlementInfo, ResourceDetail } from "../contract.ts";
import type { Endpoint } from "../endpoint.ts";
import { resourceRow, syncInfo } from "../shown.ts";
import { computed } from "./overview.ts";
import { shownValue } from "./resources.ts";

const MAX_ENTITLEMENTS = 200;
const MAX_FINDINGS = 50;
/** The longest value of a profile that is shown whole, in UTF-16 units. */
const MAX_VALUE = 20_000;

/** `GET /api/resources/:type/:id`: one thing, with all that is known of it. */
export const resource: Endpoint = async ({ param, view }, { picture }) => {
  const key = { type: param("type"), id: param("id") };
  const [names, access] = [await view.names.value(), await view.access.value()];
  const listed = access.find(key);
  if (listed === undefined) throw new PageError("notFound", `there is no ${key.type} ${key.id} in this sync`);
  const stored = view.content.findResource(key.type, key.id)?.message;
  const { rows, total } = names.entitlementsOf(key, MAX_ENTITLEMENTS);
  const entitlements = rows.map(
    (one): EntitlementInfo => ({
      id: one.id,
      name: one.name || one.id,
      slug: one.id.slice(one.id.lastIndexOf(":") + 1),
      description: one.description,
      purpose: one.purpose,
      privileged: one.privileged,
      holders: access.countHolders({ e: one.e, types: [], q: "" }),
    }),
  );
  const detail: ResourceDetail = {
    ...resourceRow(listed, names),
    typeName: view.types.get(key.type)?.name ?? key.type,
    description: stored?.description ?? "",
    profile: Object.entries(stored?.profile ?? {}).map(([name, value]) => ({
      name,
      value: cut(shownValue(value) ?? ""),
    })),
    related: stored === undefined ? [] : relatedOf(stored, names),
    entitlements,
    entitlementsTotal: total,
    findings: computed(view.findings, (judged) =>
      judged.list({ severities: [], subject: key, q: "" }, 0, MAX_FINDINGS).map((found) => found.row),
    ),
    seen: seenOf(picture, key, view.run.syncId),
  };
  return { json: detail };
};

function cut(text: string): string {
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
}

function relatedOf(stored: Resource, names: NamesCatalog): ResourceDetail["related"] {
  const keyOf = (id: ResourceId | undefined): ResourceKey | undefined =>
    id === undefined || id.resource === "" ? undefined : { type: id.resourceType, id: id.resource };
  const secret = secretTraitOf(stored);
  const manager = stored.profile?.managerId;
  const found: [string, ResourceKey | undefined][] = [
    ["Part of", keyOf(stored.parentResourceId)],
    ["Belongs to", keyOf(secret?.identityId)],
    ["Made by", keyOf(secret?.createdById)],
    ["Manager", typeof manager === "string" ? { type: stored.id?.resourceType ?? "", id: manager } : undefined],
  ];
  return found.flatMap(([label, key]) => {
    if (key === undefined) return [];
    const thing = names.thing(key);
    // A manager is named in whatever way the org likes: shown only where it is somebody.
    return label === "Manager" && !thing.known ? [] : [{ label, thing }];
  });
}

function secretTraitOf({ annotations }: Resource) {
  try {
    return find(annotations, SecretTraitSchema);
  } catch (error) {
    if (isFailure(error, "invalidArgument")) return undefined;
    throw error;
  }
}

function seenOf(picture: Picture, { type, id }: ResourceKey, current: string): ResourceDetail["seen"] {
  const all = picture.finished();
  const seen = all.filter((run) => picture.reader.content(run.syncId).findResource(type, id) !== undefined);
  const shown = seen.length > 0 ? seen : picture.reader.syncs().filter(({ syncId }) => syncId === current);
  return { first: syncInfo(shown[0]!), last: syncInfo(shown.at(-1)!), syncs: seen.length };
}
