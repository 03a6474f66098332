import { STANDARD_ROLES } from "../roles/resource.ts";

const STATES =
  "ACTIVE INACTIVE STAGED PROVISIONED RECOVERY PASSWORD_EXPIRED LOCKED_OUT SUSPENDED DEPROVISIONED DELETED INVALID EXPIRED PENDING ENROLLED NOT_SETUP";
const KINDS =
  "OKTA_GROUP APP_GROUP BUILT_IN CUSTOM USER GROUP CLIENT user group app key secret everything resource-set targets groups apps users roles web service native browser authorization_code client_credentials refresh_token implicit password client_secret_basic client_secret_post client_secret_jwt private_key_jwt none RS256 RS384 RS512 ES256 ES384 ES512 HS256 HS384 HS512 sig enc okta.client_key okta.client_secret urn:okta:expression:1.0";
const FACTORS =
  "webauthn sms push call email question hotp token signed_nonce u2f web hardware software totp FIDO OKTA GOOGLE RSA SYMANTEC DUO YUBICO CUSTOM";
const NETWORKS = "ANYWHERE OKTA_ZONE ONLY_ALL_EXCEPT";
const SLUGS = "member access assigned bindings granted owner";
const PLATFORMS = "WINDOWS MACOS IOS ANDROID CHROMEOS";
const SETS = "ACCESS_CERTIFICATIONS_IAM_POLICY ACCESS_REQUESTS_IAM_POLICY WORKFLOWS_IAM_POLICY";

/**
 * Words that every Okta org has: ids of standard roles and sets, states, kinds, slugs of entitlements. Source: Okta
 * Management API, and this connector's own.
 */
export const oktaWords: ReadonlySet<string> = new Set([
  ...STANDARD_ROLES.keys(),
  ...[STATES, KINDS, FACTORS, NETWORKS, SLUGS, PLATFORMS, SETS].flatMap((list) => list.split(" ")),
]);

/** Attributes whose values people choose: those of the standard user profile, and what things are called. */
const CHOSEN =
  "login email secondEmail firstName lastName middleName honorificPrefix honorificSuffix title displayName nickName profileUrl primaryPhone mobilePhone streetAddress city state zipCode countryCode postalAddress preferredLanguage locale timezone userType employeeNumber costCenter organization division department managerId manager name label description";
const OTHERS =
  "id type c1_okta_raw_user_status c1_okta_password_changed users_count apps_count status service_app client_id application_type token_endpoint_auth_method grant_types jwks_uri network_connection network_includes network_excludes principal_type principal_id role_type reach role_id resource_set_id targets target_group_ids target_app_ids target_app_names expression expression_type group_ids excluded_user_ids user_id active_factors factors provider vendor created last_updated app_id kind key_id algorithm use permissions conditional_permissions resources";

/** Names of attributes that every Okta org has: those of its standard user profile, and this connector's own. */
export const oktaAttributes: ReadonlySet<string> = new Set([CHOSEN, OTHERS].flatMap((list) => list.split(" ")));

/** Names of API scopes and of permissions of custom roles, as `okta.users.read`. */
export const oktaScopeForm = /^okta(?:\.[A-Za-z]+){1,5}$/;

/** The beginnings of ids of users, groups, apps and others: what follows is letters and digits. */
export const oktaIdPrefix = /^(00[ug]|0oa|0pr)[0-9A-Za-z]{5,}$/;

/** The attributes that hold conditions. */
export const oktaConditions: ReadonlySet<string> = new Set(["expression"]);

const LANGUAGE =
  "user isMemberOfGroup isMemberOfAnyGroup isMemberOfGroupName isMemberOfGroupNameStartsWith isMemberOfGroupNameContains isMemberOfGroupNameRegex String Arrays Convert contains stringContains startsWith endsWith toLowerCase toUpperCase substringBefore substringAfter len isEmpty append remove get and or not AND OR NOT eq ne true false null";

/** Words of conditions. Source: Okta Expression Language. */
export const oktaConditionWords: ReadonlySet<string> = new Set(LANGUAGE.split(" "));

/** All of it, for whoever puts other names in place of those of an org. */
export const oktaVocabulary = {
  words: oktaWords,
  keys: oktaAttributes,
  chosen: new Set(CHOSEN.split(" ")),
  counts: new Set(["users_count", "apps_count", "active_factors"]),
  titled: new Set(["role", "resource-set", "api-scope"]),
  forms: [oktaScopeForm],
  prefixes: oktaIdPrefix,
  conditions: { keys: oktaConditions, words: oktaConditionWords },
};
