import type { JsonObject } from "../../baton/connector.ts";
import { parseEntitlementId, type ResourceKey } from "../../baton/model/ids.ts";
import { entitlementText, grantOf } from "../../baton/provision/keys.ts";
import { Failure } from "../../runtime/failure.ts";
import { printable } from "../../runtime/printable-text.ts";
import type { ChangeRequest } from "./request.ts";
import type { ChangeSession } from "./session.ts";

/**
 * The failure with what was probably meant, where the snapshot knows: an id that is similar, or the id of what was
 * called by its name.
 */
export function suggested(failure: Failure, request: ChangeRequest, session: ChangeSession): Failure {
  if (failure.kind !== "notFound" && failure.kind !== "invalidArgument") return failure;
  let meant: string | undefined;
  try {
    meant = meantIn(request, session);
  } catch (error) {
    session.log.debug("the snapshot has no suggestion", { error });
  }
  if (meant === undefined) return failure;
  const { kind, message, attempted, answer, retryAfterMs, field } = failure;
  return new Failure({
    kind,
    message,
    advice: `did you mean ${printable(meant)}?`,
    cause: failure,
    ...(attempted === undefined ? {} : { attempted }),
    ...(answer === undefined ? {} : { answer }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(field === undefined ? {} : { field }),
  });
}

function meantIn(request: ChangeRequest, session: ChangeSession): string | undefined {
  switch (request.kind) {
    case "grant":
      return entitlementMeant(request.entitlement, session) ?? resourceMeant(request.principal, session);
    case "revoke": {
      const { grant } = request;
      if (typeof grant !== "string") {
        return entitlementMeant(grant.entitlement, session) ?? resourceMeant(grant.principal, session);
      }
      const key = grantOf(grant, session.connector);
      return entitlementMeant(entitlementText(key), session) ?? resourceMeant(key.principal, session);
    }
    case "delete":
      return resourceMeant(request.resource, session);
    case "rotate":
      return resourceMeant(request.account, session);
    case "action":
      return argumentMeant(request.args, session);
    default:
      return undefined;
  }
}

function entitlementMeant(text: string, session: ChangeSession): string | undefined {
  const { names, connector } = session;
  let key: ResourceKey;
  let types: string[];
  try {
    const { type, id } = parseEntitlementId(text);
    key = { type, id };
    types = [type];
  } catch {
    key = { type: "", id: text };
    types = connector.types.filter(({ grant, revoke }) => grant ?? revoke).map(({ type }) => type.id);
  }
  if (names.resource(key) !== undefined) return undefined;
  const found = names.meant(key.id, types);
  const id = found && names.entitlementOf(found);
  return found && id && called(id, names.resource(found));
}

function resourceMeant(key: ResourceKey, { names }: ChangeSession): string | undefined {
  if (names.resource(key) !== undefined) return undefined;
  const found = names.meant(key.id, [key.type]);
  return found && called(found.id, names.resource(found));
}

/** What an argument that names a resource, as `user_id`, probably meant. */
function argumentMeant(args: JsonObject, session: ChangeSession): string | undefined {
  for (const [name, id] of Object.entries(args)) {
    const type = /^(\w+)_id$/.exec(name)?.[1];
    const meant = type && typeof id === "string" ? resourceMeant({ type, id }, session) : undefined;
    if (meant !== undefined) return meant;
  }
  return undefined;
}

function called(id: string, name: string | undefined): string {
  return name === undefined ? id : `${id} (${name})`;
}
