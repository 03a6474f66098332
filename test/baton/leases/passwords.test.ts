import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Connector } from "../../../src/baton/connector.ts";
import { endLeaseNow } from "../../../src/baton/leases/amend.ts";
import { grantLease } from "../../../src/baton/leases/grant.ts";
import { openLedger } from "../../../src/baton/leases/ledger.ts";
import { recordedAccounts } from "../../../src/baton/leases/made-accounts.ts";
import { guardedRotation } from "../../../src/baton/leases/passwords.ts";
import { ResourceSchema, ResourceTypeSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { isFailure } from "../../../src/runtime/failure.ts";
import { startPostgres, type TestPostgres } from "../../runtime/state/postgres.ts";
import { createWorld, GROUP, ORG } from "./world.ts";

const folder = mkdtempSync(join(tmpdir(), "baton-passwords-"));
let postgres: TestPostgres | string;
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(async () => {
  if (typeof postgres !== "string") await postgres.close();
  rmSync(folder, { recursive: true });
});

const user = { type: "user", id: "u0" };
const random = { kind: "random", length: 20, constraints: [], changeAtNextLogin: false } as const;

it.each(["SQLite", "PostgreSQL"])(
  "no password is replaced while a lease is active, whoever is faster: %s",
  async (kind) => {
    if (kind === "PostgreSQL" && typeof postgres === "string") return;
    const location = kind === "SQLite" ? join(folder, "l.db") : await (postgres as TestPostgres).database("passwords");
    const world = createWorld();
    const ours = await openLedger(location);
    // Two handles of SQLite in one process would wait for each other.
    const theirs = kind === "SQLite" ? ours : await openLedger(location);
    const { deps, call } = world.process(ours);
    const { signal } = call;
    const resource = create(ResourceSchema, {
      id: { resourceType: "user", resource: user.id },
      profile: { login: "u0@acme.example" },
      createdAt: timestampFromMs(world.now),
    });
    const seen: string[] = [];
    const connector = {
      ...deps.connector,
      types: [
        {
          type: create(ResourceTypeSchema, { id: "user" }),
          list: async () => ({ items: [], next: [] }),
          get: async () => ({ resource, grants: [] }),
        },
      ],
      passwords: {
        resourceType: "user",
        credentials: {} as never,
        async rotate() {
          const held = () => seen.push(world.members.has(user.id) ? "with a lease" : "without");
          held();
          await new Promise((resolve) => setTimeout(resolve, 5));
          held();
          return {};
        },
      },
    } satisfies Connector;
    const made = recordedAccounts(
      {
        schema: {} as never,
        credentials: {} as never,
        resourceType: "user",
        create: async () => ({ outcome: "created", resource }),
      },
      { ...deps, ledger: theirs },
    );
    await made.create({ login: "u0@acme.example" }, { kind: "none" }, call);
    const rotation = guardedRotation(connector, { ...deps, ledger: theirs })!;
    const outcomes = { rotated: 0, refused: 0, leased: 0, waited: 0 };
    const isEnough = () => outcomes.rotated > 2 && outcomes.leased > 2 && outcomes.refused + outcomes.waited > 0;
    const pause = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
    const isRefusal = (error: unknown) => isFailure(error, "failedPrecondition") || isFailure(error, "unavailable");
    const rotating = async () => {
      for (let n = 0; n < 100 && !isEnough(); n++) {
        try {
          await rotation.rotate(user.id, random, { signal });
          outcomes.rotated += 1;
        } catch (error) {
          if (!isRefusal(error)) throw error;
          outcomes.refused += 1;
        }
        await pause();
      }
    };
    const leasing = async () => {
      for (let n = 0; n < 100 && !isEnough(); n++) {
        try {
          const ends = { lengthMs: 3_600_000 };
          const done = await grantLease(deps, { entitlement: GROUP, principal: user, ends, reason: "test" }, call);
          outcomes.leased += 1;
          if ("lease" in done) await endLeaseNow(deps, done.lease.id, call);
        } catch (error) {
          if (!isRefusal(error)) throw error;
          outcomes.waited += 1;
        }
        await pause();
      }
    };
    await Promise.all([rotating(), leasing()]);
    expect(seen).not.toContain("with a lease");
    expect(outcomes.rotated).toBeGreaterThan(0);
    expect(outcomes.leased).toBeGreaterThan(0);
    expect(outcomes.refused + outcomes.waited).toBeGreaterThan(0);
    expect(await theirs.store.db.selectFrom("made_account").selectAll().execute()).toMatchObject([
      { org: ORG, account: "u0", state: "made", rotating_until: 0 },
    ]);
    await ours.close();
    if (theirs !== ours) await theirs.close();
  },
);
