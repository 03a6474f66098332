import type { Org } from "../org.ts";
import type { DeviceUser, GroupRuleRecord, JsonObject, RoleRow, SetResource } from "../types.ts";
import { entries, list, malformed, missing, object, optionalObject, text } from "./values.ts";

/**
 * Reads from an org file what explains access and says how far it reaches, each part optional: `groupRules`;
 * `groupOwners` by group; `roleTargets` (`groups`, `apps`) by role assignment; `rolePermissions` (labels or objects) by
 * custom role; `setResources` (paths or objects) by resource set; `appGrants`, `appKeys` and `appSecrets` by app;
 * `clientRoles` by OAuth app; `userFactors` by user; `deviceUsers` by device.
 */
export function readGovernance(org: Org, root: JsonObject): void {
  for (const [i, item] of list(root.groupRules, "groupRules").entries()) {
    org.groupRules.push({ record: ruleAt(item, `groupRules[${i}]`), members: new Set() });
  }
  for (const [id, items] of entries(root, "groupOwners")) {
    const group = org.group(id) ?? missing(`groupOwners.${id}`, "group", id);
    group.owners = identified(items, `groupOwners.${id}`);
  }
  for (const [id, value] of entries(root, "roleTargets")) {
    const targets = object(value, `roleTargets.${id}`);
    const groups = list(targets.groups, `roleTargets.${id}.groups`).map((one) => text(one, `roleTargets.${id}.groups`));
    const apps = list(targets.apps, `roleTargets.${id}.apps`).map((one) => object(one, `roleTargets.${id}.apps`));
    org.roleTargets.set(id, { groups, apps: apps as { name: string; id?: string }[] });
  }
  const since = String(org.settings.created ?? org.now());
  const dates = { created: since, lastUpdated: since };
  for (const [id, items] of entries(root, "rolePermissions")) {
    if (org.customRole(id) === undefined) missing(`rolePermissions.${id}`, "custom role", id);
    org.permissions.set(
      id,
      objects(items, `rolePermissions.${id}`, "label").map((one) => ({ ...dates, ...one })),
    );
  }
  for (const [id, items] of entries(root, "setResources")) {
    if (org.resourceSet(id) === undefined) missing(`setResources.${id}`, "resource set", id);
    const resources = objects(items, `setResources.${id}`, "path");
    const whole = resources.map(
      (one, i) => ({ id: `ire${id.slice(3)}${i}`, ...dates, ...one }) as unknown as SetResource,
    );
    org.setResources.set(id, whole);
  }
  readAppAccess(org, root);
  for (const [id, items] of entries(root, "userFactors")) {
    const user = org.user(id) ?? missing(`userFactors.${id}`, "user", id);
    user.factors.push(...identified(items, `userFactors.${id}`));
  }
  for (const [id, items] of entries(root, "deviceUsers")) {
    if (!org.devices.some((device) => device.id === id)) missing(`deviceUsers.${id}`, "device", id);
    const rows = objects(items, `deviceUsers.${id}`, "userId");
    const more = { created: since, managementStatus: "NOT_MANAGED", screenLockType: "NONE" };
    org.deviceUsers.set(
      id,
      rows.map((row) => ({ ...more, ...row }) as unknown as DeviceUser),
    );
  }
}

function readAppAccess(org: Org, root: JsonObject): void {
  for (const [key, part] of [
    ["appGrants", "grants"],
    ["appKeys", "keys"],
    ["appSecrets", "secrets"],
  ] as const) {
    for (const [id, items] of entries(root, key)) {
      const app = org.app(id) ?? missing(`${key}.${id}`, "app", id);
      app[part].push(...identified(items, `${key}.${id}`));
    }
  }
  for (const [id, items] of entries(root, "clientRoles")) {
    if (org.app(id) === undefined) missing(`clientRoles.${id}`, "app", id);
    org.clientRoles.set(id, identified(items, `clientRoles.${id}`) as unknown as RoleRow[]);
  }
}

function ruleAt(item: unknown, at: string): GroupRuleRecord {
  const rule = object(item, at);
  for (const key of ["id", "name", "status"]) text(rule[key], `${at}.${key}`);
  const conditions = object(rule.conditions, `${at}.conditions`);
  text(object(conditions.expression, `${at}.conditions.expression`).value, `${at}.conditions.expression.value`);
  const actions = object(rule.actions, `${at}.actions`);
  const { groupIds } = object(actions.assignUserToGroups, `${at}.actions.assignUserToGroups`);
  if (!Array.isArray(groupIds)) throw malformed(`${at}.actions.assignUserToGroups.groupIds`, "must be a list");
  const people = optionalObject(conditions.people, `${at}.conditions.people`);
  const users = { exclude: [], ...optionalObject(people.users, `${at}.conditions.people.users`) };
  return { ...rule, conditions: { ...conditions, people: { ...people, users } } } as unknown as GroupRuleRecord;
}

/** Objects with an id, without links. */
function identified(items: unknown, at: string): JsonObject[] {
  return list(items, at).map((item, i) => {
    const { _links: _, ...record } = object(item, `${at}[${i}]`);
    text(record.id, `${at}[${i}].id`);
    return record;
  });
}

/** Objects, or texts in place of objects that have nothing but the member `key`. */
function objects(items: unknown, at: string, key: string): JsonObject[] {
  return list(items, at).map((item, i) => {
    const { _links: _, ...record } = typeof item === "string" ? { [key]: item } : object(item, `${at}[${i}]`);
    text(record[key], `${at}[${i}].${key}`);
    return record;
  });
}
