import { setTimeout as sleep } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import type { AllGrants, Call, Connector, Cursor, Page, ResourceTypeSupport } from "../../../src/baton/connector.ts";
import type { Grant, Granted } from "../../../src/baton/model/grant.ts";
import { EntitlementSchema } from "../../../src/gen/c1/connector/v2/entitlement_pb.ts";
import { type Resource, ResourceSchema, ResourceTypeSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../../src/runtime/failure.ts";

/** A small organisation whose connector is nothing but functions of it. */
export interface Org {
  readonly users: number;
  /** The members of each group, as numbers of users; a negative one is a user that no list shows. */
  readonly groups: readonly (readonly number[])[];
  /** Which users hold which role, and which groups; a role named `odd...` is in no list. */
  readonly roles: Readonly<Record<string, { readonly users: readonly number[]; readonly groups: readonly number[] }>>;
  /** Groups that vanish between the list and their members. */
  readonly vanished?: readonly number[];
  readonly pageSize?: number;
  /** Members are read by several pages side by side. */
  readonly fanOut?: boolean;
  /** Lists show the last object of a page on the next page again. */
  readonly shifting?: boolean;
  /** Bytes that each resource carries besides. */
  readonly padding?: number;
}

/** What a test may do to each page. */
export interface Wire {
  /** Milliseconds that a page takes; 0: a turn of the event loop. */
  readonly delay?: (key: string) => number;
  /** Called with a page's name before it is answered. What it throws the page throws. */
  readonly before?: (key: string, call: Call) => void | Promise<void>;
  /** Called with a page's name when it has been answered. */
  readonly after?: (key: string) => void;
}

export const userId = (n: number) => (n < 0 ? `ghost${-n}` : `00u${String(n).padStart(17, "0")}`);
export const groupId = (n: number) => `00g${String(n).padStart(17, "0")}`;

function resource(type: string, id: string, name: string, padding = 0): Resource {
  return create(ResourceSchema, {
    id: { resourceType: type, resource: id },
    displayName: name,
    description: "x".repeat(padding),
  });
}

function granted(of: Resource, slug: string): Granted {
  const { resourceType, resource: id } = of.id!;
  return { id: `${resourceType}:${id}:${slug}`, v1Id: `membership:${id}`, resource: of };
}

function entitlements(slug: string) {
  return (of: Resource) => [
    create(EntitlementSchema, {
      id: `${of.id!.resourceType}:${of.id!.resource}:${slug}`,
      resource: of,
      slug,
      displayName: `${of.displayName} ${slug}`,
    }),
  ];
}

/** The connector of an organisation: users, groups with members, roles that users and groups hold. */
export function connectorOf(org: Org, wire: Wire = {}): Connector {
  const size = org.pageSize ?? 3;

  async function turn(key: string, call: Call): Promise<void> {
    call.signal.throwIfAborted();
    await wire.before?.(key, call);
    const delay = wire.delay?.(key) ?? 0;
    if (delay > 0) await sleep(delay, undefined, { signal: call.signal });
    wire.after?.(key);
  }

  function slice<T>(all: readonly T[], cursor: Cursor | undefined): Page<T> {
    const from = (cursor?.from as number | undefined) ?? 0;
    const items = all.slice(from, from + size);
    if (org.shifting && from > 0) items.unshift(all[from - 1]!);
    return { items, next: from + size < all.length ? [{ from: from + size }] : [] };
  }

  const users = Array.from({ length: org.users }, (_, n) => n);
  const groups = org.groups.map((_, n) => n);
  const roles = Object.keys(org.roles);
  const userOf = (n: number) => resource("user", userId(n), `User ${n}`, org.padding);
  const groupOf = (n: number) => resource("group", groupId(n), `Group ${n}`, org.padding);
  const roleOf = (name: string) => resource("role", name, `Role ${name}`);

  const user: ResourceTypeSupport = {
    type: create(ResourceTypeSchema, { id: "user", displayName: "User" }),
    async list(cursor, call) {
      await turn(`list user ${JSON.stringify(cursor)}`, call);
      const { items, next } = slice(users, cursor);
      return { items: items.map((n) => ({ resource: userOf(n), grants: [] })), next };
    },
    async get(id, call) {
      await turn(`get user ${id}`, call);
      const n = users.find((each) => userId(each) === id);
      return n === undefined ? undefined : { resource: userOf(n), grants: [] };
    },
  };

  const group: ResourceTypeSupport = {
    type: create(ResourceTypeSchema, { id: "group", displayName: "Group" }),
    async list(cursor, call) {
      await turn(`list group ${JSON.stringify(cursor)}`, call);
      const { items, next } = slice(groups, cursor);
      return { items: items.map((n) => ({ resource: groupOf(n), grants: readings(n) })), next };
    },
    entitlements: entitlements("member"),
    async grants(of, cursor, call) {
      const n = groups.find((each) => groupId(each) === of.id!.resource)!;
      await turn(`grants ${n} ${JSON.stringify(cursor)}`, call);
      if (org.vanished?.includes(n)) throw new Failure({ kind: "notFound", message: `there is no group ${n}` });
      if (cursor?.of === "roles") return heldBy(n);
      const members = org.groups[n]!;
      const { items, next } = slice(members, cursor);
      const shared = granted(of, "member");
      const all = Array.from({ length: Math.ceil(members.length / size) }, (_, page) => ({
        of: "members",
        from: page * size,
      }));
      return {
        items: items.map((member) => ({ granted: shared, principalType: "user", principalId: userId(member) })),
        next: org.fanOut
          ? cursor?.from === undefined
            ? all.slice(1)
            : []
          : next.map((each) => ({ of: "members", ...each })),
      };
    },
    async get(id, call) {
      await turn(`get group ${id}`, call);
      const n = groups.find((each) => groupId(each) === id);
      return n === undefined || org.vanished?.includes(n) ? undefined : { resource: groupOf(n), grants: readings(n) };
    },
  };

  function readings(n: number): Cursor[] {
    const some: Cursor[] = org.groups[n]!.length > 0 || org.vanished?.includes(n) ? [{ of: "members" }] : [];
    return roles.some((name) => org.roles[name]!.groups.includes(n)) ? [...some, { of: "roles" }] : some;
  }

  function heldBy(n: number) {
    const held = roles.filter((name) => org.roles[name]!.groups.includes(n)).map(roleOf);
    const items: Grant[] = held.map((role) => ({
      granted: granted(role, "assigned"),
      principalType: "group",
      principalId: groupId(n),
      expandable: { entitlementIds: [`group:${groupId(n)}:member`], shallow: true },
    }));
    return { items, next: [], resources: held.filter((role) => role.id!.resource.startsWith("odd")) };
  }

  const ghosts = [...new Set(Object.values(org.roles).flatMap((held) => held.users.filter((n) => n < 0)))];
  const holders: AllGrants = {
    name: "role holders",
    async page(cursor, call) {
      await turn(`all ${JSON.stringify(cursor)}`, call);
      const { items, next } = slice([...users, ...ghosts], cursor);
      const held = items.flatMap((n) =>
        roles
          .filter((name) => org.roles[name]!.users.includes(n))
          .map((name) => ({
            granted: granted(roleOf(name), "assigned"),
            principalType: "user",
            principalId: userId(n),
          })),
      );
      return {
        items: held,
        next,
        resources: held.map(({ granted }) => granted.resource).filter((role) => role.id!.resource.startsWith("odd")),
      };
    },
  };

  const listed = roles.filter((name) => !name.startsWith("odd"));
  const role: ResourceTypeSupport = {
    type: create(ResourceTypeSchema, { id: "role", displayName: "Role" }),
    async list(cursor, call) {
      await turn(`list role ${JSON.stringify(cursor)}`, call);
      const { items, next } = slice(listed, cursor);
      return { items: items.map((name) => ({ resource: roleOf(name), grants: [] })), next };
    },
    entitlements: entitlements("assigned"),
    async grants(of, cursor, call) {
      await turn(`grants role ${of.id!.resource} ${JSON.stringify(cursor)}`, call);
      const shared = granted(of, "assigned");
      const holding = org.roles[of.id!.resource]?.users ?? [];
      return {
        items: holding.map((n) => ({ granted: shared, principalType: "user", principalId: userId(n) })),
        next: [],
      };
    },
    allGrants: holders,
    async get(id, call) {
      await turn(`get role ${id}`, call);
      return roles.includes(id) ? { resource: roleOf(id), grants: [] } : undefined;
    },
  };

  return {
    metadata: { displayName: "Org", description: "An organisation for tests" },
    types: [user, group, role],
    heldTypes: { group: ["role"] },
    async validate() {},
  };
}

/** An organisation with a bit of everything. */
export const SMALL: Org = {
  users: 20,
  groups: [[0, 1, 2, 3, 4, 5, 6], [], [7, 8, -1, 0], [19], [3, 4], [9, 10, 11, 12, 13, 14, 15, 16, 17, 18], []],
  roles: {
    ADMIN: { users: [0, 5, 19], groups: [0, 2] },
    READER: { users: [], groups: [5] },
    UNUSED: { users: [], groups: [] },
    oddONE: { users: [3, -2], groups: [4] },
  },
};
