import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { mkdtemp, open as openFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StateSchema } from "../../../src/runtime/state/migrate.ts";
import { openState, type State } from "../../../src/runtime/state/state.ts";
import { startPostgres, type TestPostgres } from "./postgres.ts";

interface Tables {
  thing: { id: string; count: number };
}

const schema: StateSchema = {
  name: "test",
  migrations: {
    "0001-things": {
      async up(db) {
        await db.schema
          .createTable("thing")
          .addColumn("id", "text", (column) => column.primaryKey())
          .addColumn("count", "bigint", (column) => column.notNull())
          .execute();
      },
    },
  },
};

const increment = (state: State<Tables>, id: string) =>
  state.write(async (trx) => {
    const query = trx.selectFrom("thing").selectAll().where("id", "=", id);
    const { count } = await state.forUpdate(query).executeTakeFirstOrThrow();
    // Others get their turn between the read and the write.
    await new Promise((resolve) => setImmediate(resolve));
    await trx
      .updateTable("thing")
      .set({ count: count + 1 })
      .where("id", "=", id)
      .execute();
  });

function behaves(place: () => Promise<string>) {
  const open: State<Tables>[] = [];
  const opened = async (location: string) => {
    const state = await openState<Tables>(location, schema);
    open.push(state);
    return state;
  };
  afterEach(async () => {
    for (const state of open.splice(0)) await state.close();
  });

  it("loses no change, whoever else changes the same row", async () => {
    const location = await place();
    const first = await opened(location);
    // Two connections of one process would wait for each other in SQLite, which blocks while it waits.
    const replicas = [first, first.kind === "sqlite" ? first : await opened(location)];
    await replicas[0]!.write((trx) => trx.insertInto("thing").values({ id: "a", count: 0 }).execute());
    await Promise.all(Array.from({ length: 50 }, (_, at) => increment(replicas[at % 2]!, "a")));
    const rows = await replicas[1]!.db.selectFrom("thing").selectAll().execute();
    expect(rows).toEqual([{ id: "a", count: 50 }]);
  });

  it("keeps nothing of a transaction that failed", async () => {
    const state = await opened(await place());
    const failed = state.write(async (trx) => {
      await trx.insertInto("thing").values({ id: "a", count: 1 }).execute();
      throw new Error("planted");
    });
    await expect(failed).rejects.toThrow("planted");
    expect(await state.db.selectFrom("thing").selectAll().execute()).toEqual([]);
  });

  it("shows nobody what a transaction has not ended", async () => {
    const state = await opened(await place());
    let seen: unknown;
    await state.write(async (trx) => {
      await trx.insertInto("thing").values({ id: "a", count: 1 }).execute();
      const reading = state.db.selectFrom("thing").selectAll().execute();
      void reading.then((rows) => {
        seen = rows;
      });
      await new Promise((resolve) => setTimeout(resolve, 30));
      await trx.deleteFrom("thing").execute();
    });
    await expect.poll(() => seen).toEqual([]);
  });

  it("opens what it has written, and refuses what a newer version wrote", async () => {
    const location = await place();
    const state = await opened(location);
    await state.write((trx) =>
      trx
        .insertInto("thing")
        .values({ id: "a", count: 2 ** 40 })
        .execute(),
    );
    const again = await opened(location);
    expect(await again.db.selectFrom("thing").selectAll().execute()).toEqual([{ id: "a", count: 2 ** 40 }]);
    const older: StateSchema = { name: "test", migrations: {} };
    await expect(openState(location, older)).rejects.toMatchObject({ kind: "failedPrecondition" });
  });
}

describe("a store in SQLite", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "baton-okta-state-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  behaves(async () => join(folder, "state.db"));

  it("says that a file is damaged where it is, whatever is asked of it", async () => {
    const file = join(folder, "state.db");
    const state = await openState<Tables>(file, schema);
    const rows = Array.from({ length: 4000 }, (_, at) => ({ id: `thing ${at}`, count: at }));
    for (let at = 0; at < rows.length; at += 500) {
      await state.write((trx) =>
        trx
          .insertInto("thing")
          .values(rows.slice(at, at + 500))
          .execute(),
      );
    }
    await state.close();
    const handle = await openFile(file, "r+");
    const { size } = await handle.stat();
    await handle.write(Buffer.alloc(size / 2, 0x5a), 0, size / 2, size / 4);
    await handle.close();
    const damaged = await openState<Tables>(file, schema);
    const refusal = { kind: "failedPrecondition", message: expect.stringContaining(`${file} cannot be used: `) };
    await expect(damaged.db.selectFrom("thing").selectAll().execute()).rejects.toMatchObject(refusal);
    await damaged.close();
  });

  it("is its owner's only", async () => {
    const state = await openState<Tables>(join(folder, "state.db"), schema);
    await state.close();
    expect(statSync(join(folder, "state.db")).mode & 0o777).toBe(0o600);
  });

  it("refuses what is no database, at once", async () => {
    await writeFile(join(folder, "text"), "just text, and more of it than a header has\n".repeat(100));
    spawnSync("mkfifo", [join(folder, "pipe")]);
    await symlink("/dev/null", join(folder, "device"));
    for (const name of ["text", "pipe", "device", "missing/state.db", "."]) {
      await expect(openState(join(folder, name), schema), name).rejects.toMatchObject({ kind: "failedPrecondition" });
    }
  });
});

const postgres = await startPostgres();

describe.skipIf(typeof postgres === "string")(
  typeof postgres === "string" ? `a store in PostgreSQL (${postgres})` : "a store in PostgreSQL",
  () => {
    const server = postgres as TestPostgres;
    let databases = 0;
    afterAll(() => server.close());

    behaves(() => server.database(`test${databases++}`));

    it("brings the tables up to date once, whoever starts at the same time", async () => {
      const location = await server.database("together");
      const replicas = await Promise.all(Array.from({ length: 4 }, () => openState<Tables>(location, schema)));
      for (const replica of replicas) await replica.close();
    });

    it("says who is away, without the password", async () => {
      const location = await server.database("refused");
      const wrong = location.replace("test-only", "wrong-password");
      await expect(openState(wrong, schema)).rejects.toMatchObject({ kind: "failedPrecondition" });
      const away = "postgres://someone:secret-word@127.0.0.1:1/none";
      const error = await openState(away, schema).catch((reason: Error) => reason);
      expect(error).toMatchObject({ kind: "unavailable" });
      expect(String(error)).not.toContain("secret-word");
    });

    it("does not call a server away that refuses what it is given", async () => {
      const state = await openState<Tables>(await server.database("given"), schema);
      const half = state.write((trx) => trx.insertInto("thing").values({ id: "a", count: 0.5 }).execute());
      await expect(half).rejects.toMatchObject({ kind: "internal", message: expect.stringContaining("refuses") });
      await state.close();
    });

    it("goes on when the server has been away", async () => {
      const state = await openState<Tables>(await server.database("restarted"), schema);
      await state.write((trx) => trx.insertInto("thing").values({ id: "a", count: 1 }).execute());
      await server.restart();
      await expect
        .poll(() =>
          state.db
            .selectFrom("thing")
            .selectAll()
            .execute()
            .catch(() => []),
        )
        .toHaveLength(1);
      await state.close();
    });
  },
);
