import { afterEach } from "vitest";
import type { Call, Connector, WriteStep } from "../../../src/baton/connector.ts";
import { grantId } from "../../../src/baton/model/ids.ts";
import { createOktaClient } from "../../../src/okta/api/create-client.ts";
import { parseDomain } from "../../../src/okta/api/http/domain.ts";
import { createOktaConnector } from "../../../src/okta/connector.ts";
import type { Clock } from "../../../src/runtime/clock.ts";
import { silentLog } from "../../../src/runtime/log/log.ts";
import { Secret } from "../../../src/runtime/secrets/secret.ts";
import { orgFromJson } from "../../../src/sandbox/org/json.ts";
import type { Sandbox } from "../../../src/sandbox/serve.ts";
import { type SandboxOptions, startSandbox } from "../../../src/sandbox/start.ts";
import { defaults } from "./fake-okta.ts";

const user = (id: string, status = "ACTIVE", more: object = {}) => ({
  id,
  status,
  profile: { login: `${id}@login.test`, email: `${id}@mail.test`, firstName: "F", lastName: id, ...more },
});
const stats = (hasAdminPrivilege: boolean) => ({
  stats: { usersCount: 1, appsCount: 0, groupPushMappingsCount: 0, hasAdminPrivilege },
});
const group = (id: string, type = "OKTA_GROUP", admin = false) => ({
  id,
  type,
  profile: { name: `Group ${id}`, description: null },
  _embedded: stats(admin),
});
const role = (id: string, type: string, assignmentType: string, status = "ACTIVE") => ({
  id,
  type,
  label: type,
  status,
  assignmentType,
});

/** A small org: who is what stands in the ids. */
export const ORG = {
  users: [
    user("00uSuper"),
    user("00uAnn"),
    user("00uBob"),
    user("00uAdmin"),
    user("00uMember"),
    user("00uGone", "DEPROVISIONED"),
  ],
  groups: [
    group("00gStaff"),
    group("00gOther"),
    group("00gAdmins", "OKTA_GROUP", true),
    group("00gApp", "APP_GROUP"),
    group("00gEveryone", "BUILT_IN"),
    group("00gBuiltIn", "BUILT_IN"),
  ],
  groupMembers: {
    "00gStaff": ["00uBob"],
    "00gAdmins": ["00uMember"],
    "00gApp": ["00uBob"],
    "00gEveryone": ["00uSuper", "00uAnn", "00uBob", "00uAdmin", "00uMember"],
  },
  apps: [
    { id: "0oaMail", name: "mail", label: "Mail", status: "ACTIVE", signOnMode: "SAML_2_0" },
    { id: "0oaOff", name: "off", label: "Off", status: "INACTIVE", signOnMode: "SAML_2_0" },
  ],
  appGroups: { "0oaMail": ["00gStaff"] },
  appUsers: {
    "0oaMail": [
      {
        id: "00uBob",
        scope: "GROUP",
        status: "ACTIVE",
        _links: { group: { href: "https://acme.okta.com/api/v1/groups/00gStaff" } },
      },
      { id: "00uAdmin", scope: "USER", status: "ACTIVE" },
    ],
  },
  userRoles: {
    "00uSuper": [role("ra1Super", "SUPER_ADMIN", "USER")],
    "00uAdmin": [role("ra1Help", "HELP_DESK_ADMIN", "USER"), role("ra1Off", "APP_ADMIN", "USER", "INACTIVE")],
  },
  groupRoles: { "00gAdmins": [role("gra1", "USER_ADMIN", "GROUP")] },
  customRoles: [
    { id: "cr0One", label: "One" },
    { id: "cr0Two", label: "Two" },
  ],
  resourceSets: [{ id: "iamSet", label: "Set", description: "A set" }],
  bindings: { iamSet: { cr0One: [{ id: "irb1", principal: "users/00uAdmin" }] } },
};

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** Time that passes without waiting. */
export const hasty: Clock = { now: () => Date.now(), sleep: async () => {} };

/** A connector to a sandbox, what it asked for and what it told of its changes. */
export interface Changing {
  readonly sandbox: Sandbox;
  readonly connector: Connector;
  /** Method and URL of each request since the last `since`. */
  readonly asked: string[];
  readonly steps: WriteStep[];
  readonly call: Call;
  grant(entitlement: string, principal: string, call?: Partial<Call>): Promise<{ already: boolean; grants: string[] }>;
  revoke(entitlement: string, principal: string, call?: Partial<Call>): Promise<{ already: boolean; grants: string[] }>;
  remove(type: string, id: string, call?: Partial<Call>): Promise<{ already: boolean }>;
}

/** Serves an org; `roles`: those of the API token's owner, all by default. */
export async function changing(
  options: Partial<SandboxOptions> & { json?: object; roles?: readonly string[] } = {},
): Promise<Changing> {
  const { json = ORG, roles, ...served } = options;
  const given = "00given";
  const sandbox = await startSandbox({
    org: orgFromJson(json),
    limits: "off",
    ...(roles && { tokens: [{ token: given, roles: [...roles] }] }),
    ...served,
  });
  const origin = parseDomain(sandbox.url);
  const credentials = { kind: "apiToken", token: new Secret(roles ? given : sandbox.token) } as const;
  const client = createOktaClient({ origin, credentials, userAgent: "test", env: {}, random: () => 0 });
  open.push(async () => {
    client.close();
    await sandbox.close();
  });
  return over(sandbox, createOktaConnector({ client, origin, options: defaults, clock: hasty, log: silentLog }));
}

/** The same over a connector of the test's own. */
export function over(sandbox: Sandbox, connector: Connector): Changing {
  const asked: string[] = [];
  const steps: WriteStep[] = [];
  sandbox.onRequest(({ method, url }) => void asked.push(`${method} ${url}`));
  const call: Call = { signal: new AbortController().signal, audit: (step) => void steps.push(step) };
  const typeOf = (id: string) => connector.types.find((one) => one.type.id === id)!;
  async function change(what: "grant" | "revoke", entitlement: string, principal: string, more: Partial<Call> = {}) {
    const [type, ...rest] = entitlement.split(":");
    const slug = rest.pop()!;
    const [principalType, ...ids] = principal.split(":");
    const whom = { type: principalType!, id: ids.join(":") };
    const done = await typeOf(type!)[what]!(rest.join(":"), slug, whom, { ...call, ...more });
    return { already: done.already, grants: done.grants.map(grantId) };
  }
  return {
    sandbox,
    connector,
    asked,
    steps,
    call,
    grant: (entitlement, principal, more) => change("grant", entitlement, principal, more),
    revoke: (entitlement, principal, more) => change("revoke", entitlement, principal, more),
    remove: (type, id, more) => typeOf(type).remove!(id, { ...call, ...more }),
  };
}

/** Those of the requests that change something. */
export const writes = (asked: readonly string[]) => asked.filter((one) => !one.startsWith("GET "));
