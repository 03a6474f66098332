import type { DatabaseSync } from "node:sqlite";
import { holdersOf } from "../../baton/access/findings/holders.ts";
import type { Holder } from "../../baton/model/evidence.ts";
import { type ResourceKey, resourceKey } from "../../baton/model/ids.ts";
import type { SyncContent } from "../../baton/snapshot/content.ts";
import type { Headline, Kind } from "../api/contract.ts";
import { inTransaction } from "./database.ts";
import { typesOf } from "./kinds.ts";
import { ACCESS_INDEXES, ACCESS_SCHEMA } from "./schema.ts";
import { type Counted, type Numbers, writeHeld } from "./write-held.ts";

/**
 * Writes who holds what in a sync into a new database, by the numbers of its names, with what is counted of it: who is
 * admin and through what, and the numbers of the overview. Reads grants row by row.
 */
export function buildAccess(content: SyncContent, names: DatabaseSync, db: DatabaseSync): void {
  db.exec(ACCESS_SCHEMA);
  const numbers = readNumbers(names);
  const kinds = new Map([...typesOf(content)].map(([type, { kind }]) => [type, kind]));
  inTransaction(db, () => {
    const counted = writeHeld(content, numbers, db);
    const admins = writeAdmins(content, names, kinds, db);
    writeListing(names, db, counted, admins, kinds, numbers);
    db.exec(ACCESS_INDEXES);
    const headline = headlineOf(db, kinds, counted.grants);
    db.prepare("INSERT INTO fact VALUES ('headline', ?)").run(JSON.stringify(headline));
  });
}

function readNumbers(names: DatabaseSync): Numbers {
  const things = new Map<string, number>();
  for (const { n, type, id } of names.prepare("SELECT n, type, id FROM thing").iterate()) {
    things.set(resourceKey(String(type), String(id)), Number(n));
  }
  const entitlements = new Map<string, number>();
  for (const { e, id } of names.prepare("SELECT e, id FROM entitlement").iterate())
    entitlements.set(String(id), Number(e));
  return { things, entitlements };
}

/** Who holds an admin role, by key; writes who is admin through what. */
function writeAdmins(
  content: SyncContent,
  names: DatabaseSync,
  kinds: ReadonlyMap<string, Kind>,
  db: DatabaseSync,
): ReadonlySet<string> {
  const admins = new Set<string>();
  const groupTypes = content.typesWithSlug("member");
  const flows = new Map<string, { kind: string; via: ResourceKey; role: ResourceKey; people: number }>();
  const addRole = db.prepare("INSERT INTO admin_role VALUES (?, ?, ?, ?, ?)");
  const privileged = names.prepare("SELECT id, resource_type, resource_id FROM entitlement WHERE privileged = 1").all();
  for (const { id, resource_type, resource_id } of privileged) {
    const role = { type: String(resource_type), id: String(resource_id) };
    const counts = { person: 0, group: 0, app: 0 };
    for (const held of holdersOf(content, groupTypes, String(id))) {
      const { principal } = held;
      const kind = kinds.get(principal.type) ?? "other";
      if (kind === "person" || kind === "group" || kind === "app") counts[kind]++;
      admins.add(resourceKey(principal.type, principal.id));
      if (kind !== "person") continue;
      for (const way of waysOf(held)) {
        const key = JSON.stringify([way.kind, way.via.type, way.via.id, role.type, role.id]);
        const flow = flows.get(key) ?? { ...way, role, people: 0 };
        flow.people++;
        flows.set(key, flow);
      }
    }
    if (counts.person + counts.group + counts.app > 0) {
      addRole.run(role.type, role.id, counts.person, counts.group, counts.app);
    }
  }
  const addFlow = db.prepare("INSERT INTO flow VALUES (?, ?, ?, ?, ?, ?)");
  for (const { kind, via, role, people } of flows.values()) {
    addFlow.run(kind, via.type, via.id, role.type, role.id, people);
  }
  return admins;
}

const NOBODY: ResourceKey = { type: "", id: "" };

/** The ways in which a role is held, each once. Where nothing explains it, that is what is to be said. */
function waysOf({ direct, via }: Holder): { kind: string; via: ResourceKey }[] {
  const ways = [
    ...(direct === true ? [{ kind: "direct", via: NOBODY }] : []),
    ...via.map((groups) => ({ kind: "group", via: groups.at(-1) ?? NOBODY })),
  ];
  if (ways.length === 0) return [{ kind: "unknown", via: NOBODY }];
  return [...new Map(ways.map((way) => [`${way.kind} ${way.via.type} ${way.via.id}`, way])).values()];
}

function writeListing(
  names: DatabaseSync,
  db: DatabaseSync,
  { held, on, holding }: Counted,
  admins: ReadonlySet<string>,
  kinds: ReadonlyMap<string, Kind>,
  { things }: Numbers,
): void {
  const insert = db.prepare("INSERT INTO listing VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  for (const row of names.prepare("SELECT n, type, id, status, last_sign_in, service FROM thing").iterate()) {
    const [n, type, key] = [Number(row.n), String(row.type), resourceKey(String(row.type), String(row.id))];
    const kind = kinds.get(type);
    const acts = (kind === "app" && holding.has(key)) || kind === "secret" || (kind === "person" && row.service === 1);
    // A missing sign-in comes before all others.
    const lastSignIn = row.last_sign_in === null ? Number.MIN_SAFE_INTEGER : Number(row.last_sign_in);
    const admin = admins.has(key) ? 1 : 0;
    insert.run(n, type, String(row.status), admin, acts ? 1 : 0, held.get(n) ?? 0, on.get(n) ?? 0, lastSignIn);
  }
  const known = names.prepare("SELECT count(*) AS n FROM thing").get();
  // Those whom only grants name are listed too: somebody holds something.
  for (const [key, n] of things) {
    if (n <= Number(known?.n)) continue;
    const type = key.slice(0, key.indexOf(":"));
    insert.run(
      n,
      type,
      "UNSPECIFIED",
      admins.has(key) ? 1 : 0,
      0,
      held.get(n) ?? 0,
      on.get(n) ?? 0,
      Number.MIN_SAFE_INTEGER,
    );
  }
}

function headlineOf(db: DatabaseSync, kinds: ReadonlyMap<string, Kind>, grants: number): Headline {
  const rows = db
    .prepare("SELECT type, status, non_human, admin, count(*) AS n FROM listing GROUP BY 1, 2, 3, 4")
    .all();
  const count = (which: (row: Record<string, unknown>) => boolean) =>
    rows.filter(which).reduce((sum, { n }) => sum + Number(n), 0);
  const of = (kind: Kind) => (row: Record<string, unknown>) => kinds.get(String(row.type)) === kind;
  const acting = (kind: Kind) => (row: Record<string, unknown>) => of(kind)(row) && row.non_human === 1;
  const isPerson = (row: Record<string, unknown>) => of("person")(row) && row.non_human === 0;
  const statuses = [...new Set(rows.filter(isPerson).map(({ status }) => String(status)))];
  const [serviceAccounts, apps, secrets] = [count(acting("person")), count(acting("app")), count(acting("secret"))];
  const administrative = [...kinds.values()].includes("role");
  return {
    people: count(isPerson),
    peopleByStatus: Object.fromEntries(
      statuses.map((status) => [status, count((row) => isPerson(row) && row.status === status)]),
    ),
    groups: count(of("group")),
    apps: count(of("app")),
    roles: count(of("role")),
    admins: administrative ? count((row) => of("person")(row) && row.admin === 1) : null,
    nonHuman: {
      total: serviceAccounts + apps + secrets,
      serviceAccounts,
      apps,
      secrets,
      notKnown: [
        ...(apps === 0 ? ["which apps act by themselves was not read, or none does"] : []),
        ...([...kinds.values()].includes("secret") ? [] : ["secrets such as API tokens were not read"]),
      ],
    },
    grants,
  };
}
