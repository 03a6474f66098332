import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPostgres, type TestPostgres } from "../../runtime/state/postgres.ts";
import { type Answered, oktaGroup, oktaUser, patch, startReceiver, type TestReceiver } from "../receiver.ts";

const postgres = await startPostgres();
const server = typeof postgres === "string" ? undefined : postgres;
const why = typeof postgres === "string" ? ` (skipped: ${postgres})` : "";
afterAll(() => server?.close());

describe.skipIf(server === undefined)(`two replicas over one PostgreSQL${why}`, () => {
  let replicas: [TestReceiver, TestReceiver];
  beforeAll(async () => {
    const url = await (server as TestPostgres).database("scim");
    // Both find an empty database: one of them makes the tables.
    replicas = await Promise.all([startReceiver(url), startReceiver(url)]);
  });
  afterAll(() => Promise.all(replicas.map((replica) => replica.close())));
  const at = (n: number) => replicas[n % 2]!;

  it("lose none of 50 concurrent additions to one group", async () => {
    const made = await Promise.all(Array.from({ length: 50 }, (_, n) => at(n).send("POST", "/Users", oktaUser(n))));
    const ids = made.map(({ body }) => body.id as string);
    const { id } = (await at(0).send("POST", "/Groups", oktaGroup("Everybody"))).body;
    const answers = await Promise.all(
      ids.map((value, n) =>
        at(n).send("PATCH", `/Groups/${id}`, patch({ op: "add", path: "members", value: [{ value, display: "x" }] })),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 200));
    const { body } = await at(1).send("GET", `/Groups/${id}`);
    expect(body.members.map(({ value }: { value: string }) => value)).toEqual([...ids].sort());
    // Half of them out and as many in, at once, beside a rename.
    const changes = ids.map((value, n) =>
      at(n).send(
        "PATCH",
        `/Groups/${id}`,
        n % 2 === 0
          ? patch({ op: "remove", path: `members[value eq "${value}"]` })
          : patch({ op: "replace", value: { id, displayName: `Name ${n}` } }),
      ),
    );
    await Promise.all(changes);
    const after = await at(0).send("GET", `/Groups/${id}`);
    expect(after.body.members.map(({ value }: { value: string }) => value)).toEqual(
      ids.filter((_, n) => n % 2 === 1).sort(),
    );
    expect(after.body.displayName).toMatch(/^Name /);
  });

  it("take one of two users with the same login, and refuse the other", async () => {
    const answers: Answered[] = await Promise.all(
      Array.from({ length: 10 }, (_, n) => at(n).send("POST", "/Users", oktaUser("same"))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)]);
  });

  it("number their events in the order of their commits, without a gap", async () => {
    const rows = await at(0).store.db.selectFrom("scim_event").select("seq").orderBy("seq").execute();
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, n) => n + 1));
  });

  it("answer 503 while the database is away, and go on when it is back", async () => {
    await (server as TestPostgres).restart();
    const statuses: number[] = [];
    for (let tries = 0; tries < 50 && statuses.at(-1) !== 200; tries++) {
      statuses.push((await at(0).send("GET", "/Users?count=1")).status);
    }
    expect(statuses.at(-1)).toBe(200);
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
  });
});
