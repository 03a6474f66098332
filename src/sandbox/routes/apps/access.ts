import type { ApiRequest, Route } from "../../http/route.ts";
import type { ApiError } from "../../org/api-error.ts";
import { addKey, addSecret, grantScope, removeCredential, revokeScope, setKeyActive } from "../../org/apps/access.ts";
import { invalid, notFound } from "../../org/errors.ts";
import type { Org } from "../../org/org.ts";
import type { AppEntry, JsonObject } from "../../org/types.ts";
import { bodyOf, noContent, appOf as orgAppOf } from "../context.ts";

const APP = "/api/v1/apps/{appId}";
const KEYS = `${APP}/credentials/jwks`;
const SECRETS = `${APP}/credentials/secrets`;
/** Keys that an app may have. Source: Okta Management API, Add a JSON Web Key. */
const MAX_KEYS = 50;
const GRANTS = `${APP}/grants`;

/** What an OAuth app may ask Okta for, and with which keys and secrets it signs in. */
export function appAccessRoutes(org: Org): Route[] {
  const route = (method: string, pattern: string, scope: string, handle: Route["handle"]): Route => ({
    ...{ method, pattern, scope, handle },
  });
  const read = "okta.apps.read";
  const manage = "okta.apps.manage";
  return [
    route("GET", GRANTS, "okta.appGrants.read", (request) => {
      const { grants } = appOf(org, request);
      return { status: 200, body: grants.map((grant) => grantObject(grant, request)) };
    }),
    route("GET", `${GRANTS}/{grantId}`, "okta.appGrants.read", (request) => {
      const grant = itemOf(appOf(org, request).grants, request.params.grantId, "OAuth2ScopeConsentGrant");
      return { status: 200, body: grantObject(grant, request) };
    }),
    route("POST", GRANTS, "okta.appGrants.manage", (request) => {
      const app = oauthAppOf(org, request);
      const { scopeId } = bodyOf(request);
      if (typeof scopeId !== "string" || !scopeId.startsWith("okta.")) {
        throw invalid("scopeId", ["scopeId: The scope is not one of Okta's."]);
      }
      const known = app.grants.find((grant) => grant.scopeId === scopeId);
      const grant = known ?? grantScope(org, app, scopeId, request.caller.userId);
      return { status: 201, body: grantObject(grant, request) };
    }),
    route("DELETE", `${GRANTS}/{grantId}`, "okta.appGrants.manage", (request) => {
      const app = appOf(org, request);
      revokeScope(org, app, itemOf(app.grants, request.params.grantId, "OAuth2ScopeConsentGrant"));
      return noContent;
    }),
    route("GET", KEYS, read, (request) => ({ status: 200, body: { keys: appOf(org, request).keys } })),
    route("GET", `${KEYS}/{keyId}`, read, (request) => ({
      ...{ status: 200, body: itemOf(appOf(org, request).keys, request.params.keyId, "JsonWebKey") },
    })),
    route("POST", KEYS, manage, (request) => {
      const app = oauthAppOf(org, request);
      const { kty, n, e, kid, use = "sig", alg } = bodyOf(request);
      if (kty !== "RSA" || typeof n !== "string" || typeof e !== "string") {
        throw invalid("kty", ["kty: The key must be an RSA key."]);
      }
      if (app.keys.some((key) => key.kid === kid)) throw wrongKey("All keys in the 'jwks' must have a unique `kid`.");
      if (app.keys.length >= MAX_KEYS) {
        throw wrongKey(
          `You can't create a new key. You have reached the maximum number of keys allowed (${MAX_KEYS}). To add another key, you must first delete an existing one.`,
        );
      }
      return { status: 201, body: addKey(org, app, { kid, kty, n, e, use, ...(alg === undefined ? {} : { alg }) }) };
    }),
    // Source: Okta Management API, Activate and Deactivate an OAuth 2.0 client JSON Web Key.
    ...(["activate", "deactivate"] as const).map((operation) =>
      route("POST", `${KEYS}/{keyId}/lifecycle/${operation}`, manage, (request) => {
        const app = appOf(org, request);
        const { keys, record } = app;
        const client = (record.credentials as { oauthClient?: JsonObject } | undefined)?.oauthClient;
        const key = itemOf(keys, request.params.keyId, "JsonWebKey");
        const others = keys.filter((one) => one !== key && one.status !== "INACTIVE");
        const needsKey = client?.token_endpoint_auth_method === "private_key_jwt";
        if (operation === "deactivate" && others.length === 0 && needsKey) {
          throw wrongKey(
            "Can't deactivate the only active JSON Web Key when the value for `token_endpoint_auth_method` is `private_key_jwt`.",
          );
        }
        return { status: 200, body: setKeyActive(org, app, key, operation === "activate") };
      }),
    ),
    route("DELETE", `${KEYS}/{keyId}`, manage, (request) => {
      const app = appOf(org, request);
      const key = itemOf(app.keys, request.params.keyId, "JsonWebKey");
      if (key.status !== "INACTIVE") {
        throw wrongKey("You can't delete an active JSON Web key. Deactivate the key before deleting it.");
      }
      removeCredential(org, app, key);
      return noContent;
    }),
    route("GET", SECRETS, read, (request) => ({ status: 200, body: appOf(org, request).secrets })),
    route("POST", SECRETS, manage, (request) => {
      return { status: 201, body: addSecret(org, oauthAppOf(org, request), org.newId("").repeat(2)) };
    }),
    route("DELETE", `${SECRETS}/{secretId}`, manage, (request) => {
      const app = appOf(org, request);
      removeCredential(org, app, itemOf(app.secrets, request.params.secretId, "OAuth2ClientSecret"));
      return noContent;
    }),
  ];
}

/** How Okta refuses a key. Source: Okta Management API, examples of the operations on an app's keys. */
function wrongKey(cause: string): ApiError {
  return invalid("JsonWebKey", [cause]);
}

/** An app of the org, or the one that signs in here, which no list shows. */
function appOf(org: Org, request: ApiRequest): AppEntry {
  return org.clientApps.get(request.params.appId ?? "") ?? orgAppOf(org, request);
}

function oauthAppOf(org: Org, request: ApiRequest): AppEntry {
  const app = appOf(org, request);
  if (app.record.signOnMode !== "OPENID_CONNECT") throw invalid("appId", ["appId: The app is no OAuth client."]);
  return app;
}

function itemOf(items: readonly JsonObject[], id: string | undefined, type: string): JsonObject {
  const item = items.find((one) => one.id === id);
  if (item === undefined) throw notFound(id ?? "", type);
  return item;
}

function grantObject(grant: JsonObject, { origin, path }: ApiRequest): JsonObject {
  const list = path.slice(0, path.indexOf("/grants") + "/grants".length);
  const client = { href: `${origin}/api/v1/apps/${grant.clientId}` };
  return { ...grant, issuer: origin, _links: { self: { href: `${origin}${list}/${grant.id}` }, client } };
}
