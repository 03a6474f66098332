import { groupRow } from "../org/apps/assignments.ts";
import type { Org } from "../org/org.ts";
import type { Random } from "../org/random.ts";
import type { AppEntry, AppRecord, GroupEntry, JsonObject } from "../org/types.ts";
import { APP_NAMES, addressPart } from "./names.ts";

const START = Date.parse("2019-03-04T09:00:00Z");
const END = Date.parse("2025-06-01T00:00:00Z");

/** Okta's sign-on modes, as often as they turn up: most apps speak SAML or OpenID Connect. */
const MODES = [
  ...["SAML_2_0", "OPENID_CONNECT", "BOOKMARK", "BROWSER_PLUGIN", "SAML_2_0", "AUTO_LOGIN", "SECURE_PASSWORD_STORE"],
  ...["OPENID_CONNECT", "WS_FEDERATION", "BASIC_AUTH", "SAML_1_1", "OPENID_CONNECT", "SAML_2_0"],
];

/** Which of them is an API service app. */
const SERVICE = 11;

/** Fills an org with apps and assigns users and groups to them; imported groups get an app as their source. */
export function seedApps(org: Org, random: Random, count: number): void {
  for (let i = 0; i < count; i++) org.addApp(appRecord(i, random, org.settings.id));
  if (count > 0) nameSources(org);
  const active = org.users.flatMap((user) => (user?.record.status === "ACTIVE" ? user.index : []));
  const ranked = org.groups
    .flatMap((group) => (group === undefined || group.record.type === "BUILT_IN" ? [] : group))
    .sort((a, b) => a.members.length - b.members.length);
  for (const app of org.apps) {
    if (app === undefined) continue;
    const i = app.index;
    const at = app.record.lastUpdated;
    const direct = i % 12 === 11 ? 0 : Math.min(active.length, 2 + random.below(Math.min(120, active.length + 1)));
    for (const place of random.sample(active.length, direct)) {
      const index = active[place]!;
      const userName = String(org.users[index]!.record.profile.login);
      const row = { scope: "USER", status: "ACTIVE", created: at, lastUpdated: at, credentials: { userName } } as const;
      org.setAppUser(app, index, row);
    }
    if (i === 0 && org.groups[0] !== undefined) {
      assign(org, app, org.groups[0], 0);
    }
    const groups = i % 12 === 11 ? 0 : Math.min(ranked.length, random.below(i % 10 === 5 ? 30 : 5));
    for (const [priority, place] of random.sample(Math.ceil(ranked.length * 0.9), groups).entries()) {
      assign(org, app, ranked[place]!, priority + 1);
    }
  }
}

/** Assigns a group, and so its members, since the app was last changed. */
function assign(org: Org, app: AppEntry, group: GroupEntry, priority: number): void {
  const at = app.record.lastUpdated;
  org.setAppGroup(app, group, { lastUpdated: at, priority, profile: {} });
  const row = groupRow(at, group);
  for (const index of group.members) if (!app.userRows.has(index)) org.setAppUser(app, index, row);
}

function nameSources(org: Org): void {
  for (const group of org.groups) {
    if (group?.record.type !== "APP_GROUP") continue;
    const app = org.apps[group.index % org.apps.length]!;
    Object.assign(group.record, { source: { id: app.record.id } });
  }
}

/** An app; its number decides what kind it is. */
export function appRecord(i: number, random: Random, orgId: string): AppRecord {
  const id = random.id("0oa");
  const mode = MODES[i % MODES.length]!;
  const round = Math.floor(i / APP_NAMES.length);
  const label = `${APP_NAMES[i % APP_NAMES.length]}${round === 0 ? "" : ` ${round + 1}`}`;
  const site = `https://${addressPart(label)}.example`;
  const created = random.time(START, END);
  const { name, settings, credentials } = i % MODES.length === SERVICE ? service(id) : byMode(mode, site, id, label);
  return {
    id,
    orn: `orn:okta:idp:${orgId}:apps:${name}:${id}`,
    name,
    label,
    status: i % 8 === 7 ? "INACTIVE" : "ACTIVE",
    created,
    lastUpdated: random.time(Date.parse(created), END),
    accessibility: { selfService: i % 5 === 2 },
    visibility: { autoSubmitToolbar: false, hide: { iOS: false, web: i % 6 === 3 }, appLinks: { login: true } },
    features: i % 4 === 1 ? ["PUSH_NEW_USERS", "IMPORT_NEW_USERS"] : [],
    signOnMode: mode,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is Okta's own notation
    credentials: { userNameTemplate: { template: "${source.login}", type: "BUILT_IN" }, ...credentials },
    settings,
  };
}

/** An API service app: it signs in by itself, as nobody. */
function service(id: string): ReturnType<typeof byMode> {
  const client = {
    ...{ response_types: ["token"], grant_types: ["client_credentials"], application_type: "service" },
    consent_method: "REQUIRED",
  };
  const oauthClient = { client_id: id, autoKeyRotation: true, token_endpoint_auth_method: "private_key_jwt" };
  return { name: "oidc_client", settings: { oauthClient: client }, credentials: { oauthClient } };
}

/** What Okta's description of the Management API demands of an app with each sign-on mode. */
function byMode(...[mode, site, id, label]: [string, string, string, string]): {
  name: string;
  settings: JsonObject;
  credentials: JsonObject;
} {
  const own = addressPart(label);
  switch (mode) {
    case "BOOKMARK":
      return { name: "bookmark", settings: { app: { url: site, requestIntegration: false } }, credentials: {} };
    case "BASIC_AUTH":
      return {
        name: "template_basic_auth",
        settings: { app: { url: `${site}/login`, authURL: `${site}/auth` } },
        credentials: { scheme: "EDIT_USERNAME_AND_PASSWORD" },
      };
    case "BROWSER_PLUGIN": {
      const fields = { buttonField: "#login", passwordField: "#password", usernameField: "#user", url: site };
      return { name: "template_swa", settings: { app: fields }, credentials: { scheme: "ADMIN_SETS_CREDENTIALS" } };
    }
    case "SECURE_PASSWORD_STORE": {
      const fields = { url: site, passwordField: "#password", usernameField: "#user" };
      return { name: "template_sps", settings: { app: fields }, credentials: { scheme: "EDIT_PASSWORD_ONLY" } };
    }
    case "WS_FEDERATION": {
      const fields = {
        ...{ audienceRestriction: `urn:${own}`, groupValueFormat: "windowsDomainQualifiedName", siteURL: site },
        ...{
          wReplyURL: `${site}/reply`,
          wReplyOverride: false,
          usernameAttribute: "username",
          attributeStatements: "",
        },
        nameIDFormat: "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
        authnContextClassRef: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
      };
      return { name: "template_wsfed", settings: { app: fields }, credentials: {} };
    }
    case "OPENID_CONNECT": {
      const client = {
        ...{ client_uri: site, redirect_uris: [`${site}/callback`], response_types: ["code"] },
        ...{ grant_types: ["authorization_code"], application_type: "web", consent_method: "REQUIRED" },
      };
      const oauthClient = { client_id: id, autoKeyRotation: true, token_endpoint_auth_method: "client_secret_basic" };
      return { name: "oidc_client", settings: { oauthClient: client }, credentials: { oauthClient } };
    }
    case "AUTO_LOGIN":
      return {
        name: `acme_${own}_1`,
        settings: { signOn: { loginUrl: `${site}/login` } },
        credentials: { scheme: "SHARED_USERNAME_AND_PASSWORD", userName: "shared" },
      };
    default:
      return { name: `acme_${own}_1`, settings: { app: {} }, credentials: { signing: { kid: id } } };
  }
}
