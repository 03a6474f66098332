import { resourceKey } from "../../baton/model/ids.ts";
import type { SyncContent } from "../../baton/snapshot/content.ts";
import { didYouMean } from "../../runtime/did-you-mean.ts";
import { Failure } from "../../runtime/failure.ts";

/**
 * The entitlements that some scopes name: `role:*` (all of a type), `app:0oa1` (all of a resource), `group:00g1` (its
 * members) or an entitlement's id. Who owns a group is no part of its scope. Throws a {@link Failure} of kind `usage` where
 * one names nothing.
 */
export function entitlementsIn(content: SyncContent, scopes: readonly string[]): string[] {
  const found = new Set<string>();
  for (const scope of scopes) {
    const named = [...entitlementsOf(content, scope)];
    if (named.length === 0) throw nothing(content, scope);
    for (const id of named) found.add(id);
  }
  return [...found].sort();
}

function* entitlementsOf(content: SyncContent, scope: string): Generator<string> {
  const colon = scope.indexOf(":");
  if (colon < 1) return;
  const [type, id] = [scope.slice(0, colon), scope.slice(colon + 1)];
  if (id === "*") {
    for (const { id: entitlement, message } of content.entitlements()) {
      if (message.resource?.id?.resourceType === type && !isOwnership(entitlement)) yield entitlement;
    }
    return;
  }
  if (content.findEntitlement(scope) !== undefined) {
    yield scope;
    return;
  }
  for (const { id: entitlement } of content.entitlements({ type, id })) {
    if (!isOwnership(entitlement)) yield entitlement;
  }
}

function isOwnership(entitlement: string): boolean {
  return entitlement.endsWith(":owner");
}

function nothing(content: SyncContent, scope: string): Failure {
  const types = content.typesWithEntitlements();
  const [type = ""] = scope.split(":");
  const names = types.includes(type)
    ? [...content.resources(type)].map(({ message }) => resourceKey(type, message.id?.resource ?? ""))
    : types.map((one) => `${one}:*`);
  const suggestion = didYouMean(scope, names.slice(0, 10_000));
  return new Failure({
    kind: "usage",
    message: `--scope ${JSON.stringify(scope)} names nothing in the snapshot that anybody could hold`,
    advice:
      suggestion === undefined ? `write TYPE:* or TYPE:ID, of ${types.join(", ")}` : `did you mean ${suggestion}?`,
  });
}
