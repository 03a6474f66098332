import { afterEach, expect, it } from "vitest";
import { find } from "../../../src/baton/model/annotations.ts";
import type { RpcServer } from "../../../src/baton/rpc/server/server.ts";
import { SourceCacheCapabilitySchema } from "../../../src/gen/c1/connector/v2/annotation_source_cache_pb.ts";
import { ConnectorService } from "../../../src/gen/c1/connector/v2/connector_pb.ts";
import { deleteGroup } from "../../../src/sandbox/org/groups/lifecycle.ts";
import { addMember, removeMember } from "../../../src/sandbox/org/groups/members.ts";
import { transit } from "../../../src/sandbox/org/users/lifecycle.ts";
import { Caller } from "../../baton/rpc/caller.ts";
import { platformSync } from "../../baton/rpc/platform.ts";
import { serveConnector } from "../../baton/rpc/serve.ts";
import { type ChangingOrg, changingOrg } from "./org.ts";

/** Syncs of a platform that keeps what it was shown, each held against one that keeps nothing. */

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function served(changing: ChangingOrg): Promise<Caller> {
  const server: RpcServer = await serveConnector(changing.connector);
  const client = new Caller(server.address);
  open.push(changing, { close: () => server.kill() }, client);
  return client;
}

const HOUR_MS = 3_600_000;
const seeds = process.env.BATON_LONG_TESTS === "true" ? 40 : 2;

it.each(Array.from({ length: seeds }, (_, n) => n + 1))(
  "gives the grants of a fresh sync after random changes, round after round (seed %i)",
  async (seed) => {
    const changing = await changingOrg({ users: 40, groups: 16, apps: 8, seed });
    const client = await served(changing);
    let last = await platformSync(client, "first");
    let replayed = 0;
    for (let round = 0; round < 4; round++) {
      changing.clock.pass(HOUR_MS);
      const changes = changing.change(round === 1 ? 0 : 3);
      // Mostly the next sync comes late, sometimes at once.
      if (round % 2 === 0) changing.clock.pass(HOUR_MS);
      const now = await platformSync(client, `round ${round}`, last);
      const fresh = await platformSync(client, `fresh ${round}`);
      expect([...now.grants].sort(), JSON.stringify(changes)).toEqual([...fresh.grants].sort());
      replayed += now.replayed.length;
      last = now;
    }
    expect(replayed).toBeGreaterThan(10);
  },
  30_000,
);

const member = (group: { record: { id: string } }) => `groups/${group.record.id}/members`;

it("reads nothing of groups and apps that have not changed, and asks for no more than the lists", async () => {
  const changing = await changingOrg({ users: 40, groups: 16, apps: 8, seed: 1 });
  const client = await served(changing);
  const first = await platformSync(client, "first");
  expect(first.asked).toEqual([]);
  expect(first.replayed).toEqual([]);
  changing.clock.pass(HOUR_MS);
  const before = changing.paths();
  const second = await platformSync(client, "second", first);
  const paths = changing.paths(before);
  expect([...second.grants].sort()).toEqual([...first.grants].sort());
  expect(second.replayed.filter((scope) => scope.startsWith("apps/"))).toHaveLength(8);
  expect(paths["/api/v1/apps/{id}/users"]).toBeUndefined();
  expect(paths["/api/v1/apps/{id}/groups"]).toBeUndefined();
  expect(paths["/api/v1/logs"]).toBe(1);
});

it("reads a group again that changed in the same second as before, to the same size", async () => {
  const changing = await changingOrg({ users: 40, groups: 16, apps: 8, seed: 1 });
  const client = await served(changing);
  const { org } = changing;
  const group = org.groups.find((one) => one?.record.type === "OKTA_GROUP" && one.members.length > 1)!;
  const [out, back] = group.members.map((index) => org.users[index]!);
  removeMember(org, group, out!);
  const first = await platformSync(client, "first");
  // In the same second, after it was read: another one goes, and the first comes back.
  removeMember(org, group, back!);
  addMember(org, group, out!);
  changing.clock.pass(HOUR_MS);
  const second = await platformSync(client, "second", first);
  const fresh = await platformSync(client, "fresh");
  expect([...second.grants].sort()).toEqual([...fresh.grants].sort());
  expect(second.replayed).not.toContain(member(group));
  changing.clock.pass(HOUR_MS);
  expect((await platformSync(client, "third", second)).replayed).toContain(member(group));
});

it("keeps nothing where what the resource is called has changed, as its grants carry it", async () => {
  const changing = await changingOrg({ users: 40, groups: 16, apps: 8, seed: 1 });
  const client = await served(changing);
  const { org } = changing;
  const group = org.groups.find((one) => one?.record.type === "OKTA_GROUP" && one.members.length > 1)!;
  const first = await platformSync(client, "first");
  org.updateGroup(group, { profile: { ...group.record.profile, name: "Renamed" } } as never);
  const second = await platformSync(client, "second", first);
  const fresh = await platformSync(client, "fresh");
  expect(second.replayed).not.toContain(member(group));
  expect([...second.grants].sort()).toEqual([...fresh.grants].sort());
});

it("declares under which settings anything may be kept, and nothing where users are filtered", async () => {
  const capabilityOf = async (options = {}) => {
    const changing = await changingOrg({ users: 10, groups: 3, apps: 2, seed: 1 }, { options });
    const client = await served(changing);
    const { annotations } = await client.call(ConnectorService.method.validate, {});
    return find(annotations, SourceCacheCapabilitySchema);
  };
  expect(await capabilityOf({ filterEmailDomains: ["acme.example"] })).toBeUndefined();
  const [all, active] = [await capabilityOf(), await capabilityOf({ syncInactiveApps: false })];
  expect(all?.mode).toBe(2);
  expect(all?.cacheGeneration).toBe(active?.cacheGeneration);
  expect(all?.configFingerprint).not.toBe(active?.configFingerprint);
});

it("does not let a client keep a list of which something could not be shown", async () => {
  const changing = await changingOrg(
    { users: 40, groups: 16, apps: 8, seed: 1 },
    {
      wrap: (okta) => ({
        ...okta,
        list: async (path, call, options) => {
          const page = await okta.list<object>(path, call, options as never);
          return (/apps\/[^/]+\/users/.test(path) ? { ...page, items: [...page.items, { id: 7 }] } : page) as never;
        },
      }),
    },
  );
  const client = await served(changing);
  const first = await platformSync(client, "first");
  expect([...first.scopes.keys()].filter((scope) => scope.startsWith("apps/"))).toEqual([]);
});

it.each(["a member comes", "a member goes", "a group is deleted", "a user is deactivated"])(
  "reads the apps again that a change reaches through groups, where no entry of the log names them: %s",
  async (what) => {
    const changing = await changingOrg(
      { users: 40, groups: 16, apps: 8, seed: 1 },
      {
        wrap: (okta) => ({
          ...okta,
          list: async (path, call, options) => {
            const page = await okta.list<{ eventType?: string }>(path, call, options as never);
            const items = page.items.filter((item) => !item?.eventType?.startsWith("application."));
            return (path.startsWith("/api/v1/logs") ? { ...page, items } : page) as never;
          },
        }),
      },
    );
    const client = await served(changing);
    const { org } = changing;
    const group = org.groups.find(
      (one) => one?.record.type === "OKTA_GROUP" && one.members.length > 1 && givesApps(one),
    )!;
    const first = await platformSync(client, "first");
    const out = org.users.find((user) => user?.record.status === "ACTIVE" && !user.groups.includes(group.index))!;
    if (what === "a member comes") addMember(org, group, out);
    if (what === "a member goes") removeMember(org, group, org.users[group.members[0]!]!);
    if (what === "a group is deleted") deleteGroup(org, group);
    if (what === "a user is deactivated") transit(org, org.users[group.members[0]!]!, "deactivate");
    changing.clock.pass(HOUR_MS);
    const second = await platformSync(client, "second", first);
    const fresh = await platformSync(client, "fresh");
    expect([...fresh.grants].sort()).not.toEqual([...first.grants].sort());
    expect([...second.grants].sort()).toEqual([...fresh.grants].sort());
  },
);

const givesApps = ({ stats }: { stats?: { appsCount?: number } | undefined }) => (stats?.appsCount ?? 0) > 0;
