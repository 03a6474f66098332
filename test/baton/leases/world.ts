import { create } from "@bufbuild/protobuf";
import type { Call, Change, Connector, ResourceTypeSupport } from "../../../src/baton/connector.ts";
import type { Ledger } from "../../../src/baton/leases/ledger.ts";
import type { LeaseDeps } from "../../../src/baton/leases/work.ts";
import type { Grant } from "../../../src/baton/model/grant.ts";
import { createProvisioner } from "../../../src/baton/provision/provisioner.ts";
import { ResourceSchema, ResourceTypeSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { givenAgain } from "../../../src/okta/events/given-again.ts";
import { Failure } from "../../../src/runtime/failure.ts";
import { silentLog } from "../../../src/runtime/log/log.ts";

/** Where a process is killed: before it sends what changes something, or after it was done and before it hears so. */
export type KillAt = "before" | "after";

/** An entry of the other side's log. */
interface LogEntry {
  readonly eventType: string;
  readonly published: string;
  readonly actor: { readonly displayName: string };
  readonly target: readonly { readonly id: string }[];
  readonly transaction: { readonly id: string };
}

/** An org with one group, on a clock that tests move, whose other side may be away. */
export interface World {
  /** The other side's time, which never jumps. */
  now: number;
  /** How far the clocks of the machines are ahead of it, in milliseconds. */
  skew: number;
  away: boolean;
  readonly members: Set<string>;
  readonly gone: Set<string>;
  /** To whom nothing can be given any more, though it can be taken. */
  readonly closed: Set<string>;
  /** Changes that were made by connectors, as `+u1` and `-u1`. */
  readonly changes: string[];
  /** Removals that the other side will answer as done, and not do. */
  lies: number;
  /** Who changed what, as the other side's log tells it. */
  readonly log: LogEntry[];
  /** Somebody else gives it to a user, or takes it away. */
  byOthers(user: string, add: boolean): void;
  /** A process that works on leases. `killAt`: it dies at its next change, or its n-th. */
  process(ledger: Ledger, kill?: { at: KillAt; change: number }, rival?: (user: string) => void): Process;
}

/** A process that works on leases, until it is killed. */
export interface Process {
  readonly deps: LeaseDeps;
  readonly call: { readonly signal: AbortSignal };
  /** Asks the other side for its time. */
  readonly synchronize: () => Promise<void>;
  readonly knowsTime: () => boolean;
  isAlive(): boolean;
  kill(): void;
}

export const GROUP = "group:g1:member";
export const ORG = "https://acme.okta.com";

export function createWorld(): World {
  const world: World = {
    now: Date.UTC(2026, 0, 1),
    skew: 0,
    away: false,
    members: new Set(),
    gone: new Set(),
    closed: new Set(),
    changes: [],
    lies: 0,
    log: [],
    byOthers(user, add) {
      if (world.members.has(user) === add) return;
      change(world, user, add, { actor: "Somebody", request: "" });
    },
    process: (ledger, kill, rival) => createProcess(world, ledger, kill, rival),
  };
  return world;
}

/** How long a change takes, in milliseconds: more than the second to which the other side's time is known. */
export const CHANGE_MS = 1500;

let processes = 0;
let requests = 0;

/** Changes who is a member, and writes it to the other side's log. */
function change(world: World, user: string, add: boolean, by: { actor: string; request: string }): void {
  world.now += CHANGE_MS;
  if (add) world.members.add(user);
  else world.members.delete(user);
  world.log.push({
    eventType: `group.user_membership.${add ? "add" : "remove"}`,
    published: new Date(world.now).toISOString(),
    actor: { displayName: by.actor },
    target: [{ id: user }, { id: "g1" }],
    transaction: { id: by.request },
  });
}

/** `rival`: does something to a user right before the process makes its first change. */
function createProcess(
  world: World,
  ledger: Ledger,
  kill: { at: KillAt; change: number } | undefined,
  rival: ((user: string) => void) | undefined,
): Process {
  let alive = true;
  let knowsTime = false;
  let left = kill?.change ?? Number.POSITIVE_INFINITY;
  const mustLive = () => {
    if (!alive) throw new Error("this process is dead");
  };
  const die = () => {
    alive = false;
    throw new Error("killed");
  };

  /** The other side's answer, which tells its time. */
  const answered = () => {
    if (world.away) throw new Failure({ kind: "unavailable", message: "Okta is away" });
    knowsTime = true;
  };

  async function perform(user: string, add: boolean, call: Call): Promise<Change> {
    await Promise.resolve();
    mustLive();
    answered();
    if (call.dryRun !== true) {
      rival?.(user);
      rival = undefined;
    }
    if (world.gone.has(user)) throw new Failure({ kind: "notFound", message: `there is no user ${user}` });
    if (add && world.closed.has(user)) throw new Failure({ kind: "failedPrecondition", message: "no such change" });
    if (world.members.has(user) === add) return { grants: add ? [grantOf(user)] : [], already: true };
    if (call.dryRun) return { grants: [], already: false };
    left -= 1;
    if (left === 0 && kill?.at === "before") die();
    const request = `${add ? "PUT" : "DELETE"} ${user}`;
    requests += 1;
    const requestId = `r${requests}`;
    call.audit?.({ phase: "intent", request });
    const isLie = !add && world.lies > 0;
    if (isLie) world.lies -= 1;
    else change(world, user, add, { actor: "Us", request: requestId });
    world.changes.push(`${add ? "+" : "-"}${user}`);
    if (left === 0) die();
    call.audit?.({ phase: "outcome", request, status: 204, requestId });
    return { grants: [], already: false };
  }

  const resource = (type: string, id: string) =>
    create(ResourceSchema, { id: { resourceType: type, resource: id }, status: { details: "ACTIVE" } });
  const grantOf = (user: string): Grant => ({
    granted: { id: GROUP, v1Id: GROUP, resource: resource("group", "g1") },
    ...{ principalType: "user", principalId: user },
  });
  const get = (type: string) => async (id: string) => {
    mustLive();
    answered();
    return world.gone.has(id) ? undefined : { resource: resource(type, id), grants: [] };
  };
  const type = (id: string): Pick<ResourceTypeSupport, "type" | "list"> => ({
    type: create(ResourceTypeSchema, { id }),
    list: async () => ({ items: [], next: [] }),
  });
  const connector: Connector = {
    metadata: { displayName: "fake", description: "" },
    types: [
      { ...type("user"), get: get("user") },
      {
        ...type("group"),
        get: get("group"),
        grant: (_, __, { id }, call) => perform(id, true, call),
        revoke: (_, __, { id }, call) => perform(id, false, call),
      },
    ],
    validate: async () => {},
  };
  const clock = { now: () => world.now + (knowsTime ? 0 : world.skew), sleep: async () => {} };
  const provisioner = createProvisioner(connector, { clock, log: silentLog, actor: "tester" });
  processes += 1;
  const deps: LeaseDeps = {
    ledger: mortal(ledger, mustLive),
    connector,
    provisioner,
    clock,
    log: silentLog,
    org: ORG,
    holder: `process ${processes}`,
    actor: "tester",
    async givenAgain(grant, ours, call) {
      answered();
      const since = new Date(ours.since).toISOString();
      const items = world.log.filter(({ published }) => published >= since).reverse();
      const list = async <T>() => ({ items: items as T[] });
      return await givenAgain({ list }, grant, { ...ours, now: world.now }, call);
    },
  };
  return {
    deps,
    call: { signal: new AbortController().signal },
    synchronize: async () => {
      knowsTime ||= !world.away;
    },
    knowsTime: () => knowsTime,
    isAlive: () => alive,
    kill: () => {
      alive = false;
    },
  };
}

/** A ledger that a dead process can do nothing with. */
function mortal(ledger: Ledger, mustLive: () => void): Ledger {
  const guarded = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(from, name) {
        const value = Reflect.get(from, name);
        if (name === "db") return value;
        if (typeof value === "function") {
          return (...args: unknown[]) => {
            mustLive();
            return value.apply(from, args);
          };
        }
        return typeof value === "object" && value !== null ? guarded(value) : value;
      },
    });
  return guarded(ledger);
}
