import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../src/sandbox/seed/seed.ts";
import { inFolder, run, start } from "./program.ts";
import { readGoldenForm } from "./snapshots.ts";

const KILLS = 50;
/** Kills in this many runs at a time: each waits for the sandbox's latency most of the time. */
const SIDE_BY_SIDE = 5;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a killed sync still has to read, from its working file. */
function leftInQueue(file: string): { rows: number; mayAskAgain(url: string): boolean } {
  if (!existsSync(`${file}.work`)) return { rows: 0, mayAskAgain: () => false };
  const db = new DatabaseSync(`${file}.work`);
  try {
    const sealed = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'work'").get() === undefined;
    if (sealed) return { rows: 0, mayAskAgain: () => false };
    const rows = db.prepare("SELECT count(*) AS rows FROM work").get()!.rows as number;
    const subjects = new Set(
      db
        .prepare("SELECT r.external_id AS id FROM work AS w JOIN v1_resources AS r ON r.id = w.subject")
        .all()
        .map(({ id }) => id as string),
    );
    return {
      rows,
      mayAskAgain(url) {
        const [, list, id] = /^\/api\/v1\/(group|app)s\/([^/]+)\//.exec(url) ?? [];
        return list === undefined || subjects.has(`${list}:${id}`);
      },
    };
  } finally {
    db.close();
  }
}

describe("a sync that is killed", () => {
  const org = () => seedOrg({ users: 500, groups: 60, apps: 10, seed: 7 });
  const flags = ["--sync-custom-roles", "--sync-secrets"];
  let sandboxes: Sandbox[];
  beforeAll(async () => {
    sandboxes = await Promise.all(
      Array.from({ length: SIDE_BY_SIDE }, () => startSandbox({ org: org(), limits: "off", latencyMs: 15 })),
    );
  });
  afterAll(() => Promise.all(sandboxes.map((sandbox) => sandbox.close())));

  const command = (sandbox: Sandbox, file: string) => [
    ...["--domain", sandbox.url, "--api-token", sandbox.token, "-f", file],
    ...flags,
  ];

  it("at any of 50 moments goes on where it was, to the content of an undisturbed run", {
    timeout: 240_000,
  }, async () => {
    const whole = await inFolder(async (folder) => {
      const sandbox = sandboxes[0]!;
      sandbox.resetCalls();
      const started = performance.now();
      const ended = await run(command(sandbox, join(folder, "sync.c1z")));
      expect(ended.code, ended.stderr).toBe(0);
      const content = await readGoldenForm(join(folder, "sync.c1z"));
      return { content, ms: performance.now() - started, calls: sandbox.calls().total };
    });
    expect(Object.keys(whole.content.grants).length).toBeGreaterThan(2000);

    const random = numbers(20);
    const moments = Array.from({ length: KILLS }, () => random() * whole.ms);
    const killed = { before: 0, within: 0, after: 0 };

    async function killOne(sandbox: Sandbox, moment: number): Promise<void> {
      await inFolder(async (folder) => {
        const file = join(folder, "sync.c1z");
        const asked: string[] = [];
        const stopWatching = sandbox.onRequest((request) => asked.push(request.url));
        const first = start(command(sandbox, file));
        const timer = setTimeout(() => first.child.kill("SIGKILL"), moment);
        const { signal } = await first.ended;
        clearTimeout(timer);
        const firstAsked = asked.splice(0);
        const left = leftInQueue(file);
        // Killed with the snapshot in place and nothing left to do: the same command is a new sync.
        const done = signal === null || (existsSync(file) && !existsSync(`${file}.work`));
        const second = await run(command(sandbox, file));
        stopWatching();
        expect(second.code, second.stderr).toBe(0);
        expect(await readGoldenForm(file)).toEqual(whole.content);
        if (done) {
          killed.after++;
          return;
        }
        killed[firstAsked.length === 0 ? "before" : "within"]++;
        // The first call only proves the credentials. A page that was stored has no row in the queue any more.
        const pages = new Set(firstAsked.slice(1));
        const twice = asked.slice(1).filter((url) => pages.has(url));
        expect(twice.filter((url) => !left.mayAskAgain(url))).toEqual([]);
        // Beside any row: which roles the list of custom roles shows is remembered within a process only, so that each
        // process reads it once, where somebody holds a role that may stand there.
        // So is the place in the log, by a process that was killed before it had stored anything.
        for (const once of ["/api/v1/iam/roles", "/api/v1/logs"]) {
          const beside = twice.findIndex((url) => url.split("?")[0] === once);
          if (beside >= 0) twice.splice(beside, 1);
        }
        expect(twice.length).toBeLessThanOrEqual(left.rows);
      });
    }

    await Promise.all(
      sandboxes.map(async (sandbox, index) => {
        for (let at = index; at < moments.length; at += SIDE_BY_SIDE) await killOne(sandbox, moments[at]!);
      }),
    );
    // The moments must have hit the reading, or the test has shown nothing.
    expect(killed.within).toBeGreaterThan(KILLS / 4);
  });
});
