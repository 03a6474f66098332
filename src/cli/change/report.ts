import type { Change, JsonObject, WriteStep } from "../../baton/connector.ts";
import { wireGrant } from "../../baton/model/encode.ts";
import { type ResourceKey, resourceKey } from "../../baton/model/ids.ts";
import { protoJson } from "../../baton/model/json.ts";
import type { AccountResult } from "../../baton/provision/accounts.ts";
import { type EntitlementKey, entitlementText } from "../../baton/provision/keys.ts";
import { GrantSchema } from "../../gen/c1/connector/v2/grant_pb.ts";
import { EncryptedDataSchema, ResourceSchema } from "../../gen/c1/connector/v2/resource_pb.ts";
import { printable } from "../../runtime/printable-text.ts";
import type { Names } from "./names.ts";
import type { ChangeEnd } from "./request.ts";

/** What is reported of a change. */
export interface ChangeReport {
  readonly end: ChangeEnd;
  /** Of a rehearsal: what would be sent. */
  readonly planned: readonly WriteStep[] | undefined;
  readonly names: Names;
}

/** A change as a line for people; of a rehearsal what would be sent, a line each. */
export function changeText({ end, planned, names }: ChangeReport): string {
  const lines = [sentence(end, planned !== undefined, names)];
  for (const { request } of planned ?? []) lines.push(`  ${request}`);
  if (end.kind === "createAccount") lines.push(...passwordLines(end.account));
  if (end.kind === "rotate") lines.push(...passwordLines(end.rotation));
  if (end.kind === "action") lines.push(...resultLines(end.run.response ?? {}));
  return lines.map((line) => `${line}\n`).join("");
}

function sentence(end: ChangeEnd, dryRun: boolean, names: Names): string {
  switch (end.kind) {
    case "grant": {
      const what = entitlementName(end.entitlement, names, end.change);
      const who = resourceName(end.principal, names);
      if (end.change.already) return `${who} has ${what} already; nothing was changed.`;
      return dryRun ? `Would grant ${what} to ${who}:` : `Granted ${what} to ${who}.`;
    }
    case "revoke": {
      const what = entitlementName(end.grant, names);
      const who = resourceName(end.grant.principal, names);
      if (end.change.already) return `${who} does not have ${what}; nothing was changed.`;
      return dryRun ? `Would revoke ${what} from ${who}:` : `Revoked ${what} from ${who}.`;
    }
    case "delete": {
      const what = resourceName(end.resource, names);
      if (end.removal.already) return `${what} was gone already; nothing was changed.`;
      return dryRun ? `Would delete ${what}:` : `Deleted ${what}.`;
    }
    case "createAccount": {
      const { outcome, resource } = end.account;
      const id = resource.id === undefined ? "" : resourceKey(resource.id.resourceType, resource.id.resource);
      const who = named(id, resource.displayName || undefined);
      if (outcome === "alreadyExists") return `${who} exists already; nothing was changed.`;
      return dryRun ? `Would create ${printable(resource.displayName) || "an account"}:` : `Created ${who}.`;
    }
    case "rotate": {
      const who = resourceName(end.rotation.resource, names);
      return dryRun ? `Would give ${who} a new password:` : `Gave ${who} a new password; the one before is void.`;
    }
    case "action":
      return dryRun ? `Would run ${end.run.name}:` : `Ran ${end.run.name}.`;
  }
}

function passwordLines({ encrypted }: Pick<AccountResult, "encrypted">): string[] {
  return encrypted.flatMap(({ provider, keyIds, encryptedBytes }) => [
    `The password, encrypted to key ${keyIds.join(", ")} (${provider}), in base64:`,
    base64Of(provider, encryptedBytes),
  ]);
}

/** Some providers write base64 themselves. */
function base64Of(provider: string, bytes: Uint8Array): string {
  const text = Buffer.from(bytes);
  return provider === "baton/jwk/v1" ? text.toString("latin1") : text.toString("base64");
}

function resultLines(response: JsonObject): string[] {
  return Object.entries(response).map(
    ([name, value]) => `  ${name}: ${printable(typeof value === "string" ? value : JSON.stringify(value))}`,
  );
}

/** A change as JSON. */
export function changeJson({ end, planned }: ChangeReport): JsonObject {
  const requests = planned === undefined ? {} : { requests: planned.map(({ request }) => request) };
  const result = (already: boolean, done: string) => (already ? "already" : planned === undefined ? done : "planned");
  switch (end.kind) {
    case "grant":
      return {
        operation: "grant",
        result: result(end.change.already, "granted"),
        ...parts(end.entitlement, end.principal),
        grants: planned === undefined || end.change.already ? grantsJson(end.change) : [],
        ...requests,
      };
    case "revoke":
      return {
        operation: "revoke",
        result: result(end.change.already, "revoked"),
        ...parts(end.grant, end.grant.principal),
        ...requests,
      };
    case "delete":
      return {
        operation: "delete",
        result: result(end.removal.already, "deleted"),
        resourceType: end.resource.type,
        resource: end.resource.id,
        ...requests,
      };
    case "createAccount": {
      const { outcome, resource, encrypted } = end.account;
      return {
        operation: "create account",
        result: result(outcome === "alreadyExists", "created"),
        resource: protoJson(ResourceSchema, resource) as JsonObject,
        encryptedData: encrypted.map((data) => protoJson(EncryptedDataSchema, data) as JsonObject),
        ...requests,
      };
    }
    case "rotate": {
      const { resource, encrypted } = end.rotation;
      return {
        operation: "rotate credential",
        result: result(false, "rotated"),
        resourceType: resource.type,
        resource: resource.id,
        encryptedData: encrypted.map((data) => protoJson(EncryptedDataSchema, data) as JsonObject),
        ...requests,
      };
    }
    case "action": {
      const { id, name, response = {} } = end.run;
      return {
        operation: "action",
        result: planned === undefined ? "complete" : "planned",
        name,
        id,
        response,
        ...requests,
      };
    }
  }
}

function parts(entitlement: EntitlementKey, principal: ResourceKey): JsonObject {
  return { entitlement: entitlementText(entitlement), principalType: principal.type, principal: principal.id };
}

function grantsJson({ grants }: Change): JsonObject[] {
  return grants.map((grant) => protoJson(GrantSchema, wireGrant(grant)) as JsonObject);
}

/** An entitlement by name and id, as `Engineering (group:00g1:member)`. */
export function entitlementName(entitlement: EntitlementKey, names: Names, change?: Change): string {
  const id = entitlementText(entitlement);
  return named(id, names.entitlement(id) ?? (change?.grants[0]?.granted.resource.displayName || undefined));
}

/** A resource by name and id, as `Ada Lovelace (user:00u1)`. */
export function resourceName(key: ResourceKey, names: Names): string {
  return named(resourceKey(key.type, key.id), names.resource(key));
}

function named(id: string, name: string | undefined): string {
  return name === undefined ? printable(id) : `${printable(name)} (${printable(id)})`;
}
