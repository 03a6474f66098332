import { appParty } from "../log/parties.ts";
import type { Org } from "../org.ts";
import type { AppEntry, JsonObject } from "../types.ts";

/** Lets an app use an API scope, as `okta.users.read`. */
export function grantScope(org: Org, app: AppEntry, scopeId: string, by: string | undefined): JsonObject {
  const now = org.now();
  const grant = {
    ...{ id: org.newId("oag"), status: "ACTIVE", created: now, lastUpdated: now, scopeId, clientId: app.record.id },
    ...{ source: "ADMIN", ...(by === undefined ? {} : { createdBy: { id: by, type: "User" }, userId: by }) },
  };
  app.grants.push(grant);
  org.log.record("app.oauth2.admin.consent.grant", [appParty(app)], { scope: scopeId });
  return grant;
}

/** Takes an API scope from an app. */
export function revokeScope(org: Org, app: AppEntry, grant: JsonObject): void {
  app.grants.splice(app.grants.indexOf(grant), 1);
  org.log.record("app.oauth2.admin.consent.revoke", [appParty(app)], { scope: grant.scopeId });
}

/** Adds a public key to an app. */
export function addKey(org: Org, app: AppEntry, key: JsonObject): JsonObject {
  const now = org.now();
  const added = { id: org.newId("pks"), ...key, status: "ACTIVE", created: now, lastUpdated: now };
  app.keys.push(added);
  org.log.record("app.oauth2.credentials.lifecycle.create", [appParty(app)]);
  return added;
}

/** Adds a client secret to an app. */
export function addSecret(org: Org, app: AppEntry, value: string): JsonObject {
  const now = org.now();
  const secret = {
    ...{ id: org.newId("ocs"), client_secret: value, secret_hash: Buffer.from(value).toString("hex").slice(0, 22) },
    ...{ status: "ACTIVE", created: now, lastUpdated: now },
  };
  app.secrets.push(secret);
  org.log.record("app.oauth2.credentials.lifecycle.create", [appParty(app)]);
  return secret;
}

/** Activates or deactivates a key of an app. */
export function setKeyActive(org: Org, app: AppEntry, key: JsonObject, isActive: boolean): JsonObject {
  const changed = { ...key, status: isActive ? "ACTIVE" : "INACTIVE", lastUpdated: org.now() };
  app.keys[app.keys.indexOf(key)] = changed;
  org.log.record(`app.oauth2.credentials.lifecycle.${isActive ? "activate" : "deactivate"}`, [appParty(app)]);
  return changed;
}

/** Takes a key or a client secret from an app. */
export function removeCredential(org: Org, app: AppEntry, credential: JsonObject): void {
  for (const list of [app.keys, app.secrets]) {
    const at = list.indexOf(credential);
    if (at >= 0) list.splice(at, 1);
  }
  org.log.record("app.oauth2.credentials.lifecycle.delete", [appParty(app)]);
}
