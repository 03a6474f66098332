/**
 * Measures how long the page's server takes to answer, each endpoint by itself: node test/bench/page.ts SNAPSHOT [RUNS].
 * Prints the 50th and 95th percentile and the slowest, in milliseconds, the time from start to page, and memory.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const [file, runs = "200"] = process.argv.slice(2);
if (file === undefined) throw new Error("name a snapshot");
const RUNS = Number(runs);

const started = performance.now();
const child = spawn(process.execPath, ["src/main.ts", "explore", file, "--no-open", "--log-level", "warn"], {
  stdio: ["ignore", "pipe", "inherit"],
});
const address = await new Promise<string>((resolve, reject) => {
  createInterface({ input: child.stdout }).once("line", (line) => resolve(line.replace("Open ", "")));
  child.once("exit", (code) => reject(new Error(`ended with ${code}`)));
});
const { origin } = new URL(address);
const signedIn = await fetch(address, { redirect: "manual" });
const cookie = signedIn.headers.getSetCookie()[0]!.split(";")[0]!;
const get = (path: string) => fetch(`${origin}${path}`, { headers: { cookie } });
// biome-ignore lint/suspicious/noExplicitAny: whatever is asked for.
const json = async (path: string): Promise<any> => {
  const answer = await get(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return await answer.json();
};
await (await get("/")).text();
const since = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
console.log(`start to page: ${since()}`);
await json("/api/overview");
console.log(`overview: ${since()}`);
await json("/api/search?q=a");
console.log(`search is ready: ${since()}`);
await json("/api/admins");
console.log(`who holds what is ready: ${since()}`);
while ((await json("/api/findings?limit=1")).state === "working") await new Promise((done) => setTimeout(done, 200));
console.log(`findings are ready: ${since()}`);
const changed = await readyChanges();
if (changed > 0) console.log(`${changed} changes are ready: ${since()}`);

let seed = 1;
const random = (below: number) => {
  seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
  return seed % below;
};
/** People all over the list of names, and the largest of what there is. */
const people: { id: string; name: string; login: string }[] = [];
for (const letter of "aeiouymnrst") people.push(...(await json(`/api/resources?type=user&q=${letter}&limit=50`)).rows);
const most = (await json("/api/resources?type=user&sort=held&desc=true&limit=20")).rows;
const things = (await json("/api/resources?type=app,group,role,custom-role&sort=holders&desc=true&limit=60")).rows;
things.push(...(await json("/api/resources?type=app&sort=holders&desc=true&limit=20")).rows);
const person = () => (random(4) === 0 ? most[random(most.length)] : people[random(people.length)]);
const thing = () => things[random(things.length)];
const pathOf = ({ type, id }: { type: string; id: string }) => `/api/resources/${type}/${encodeURIComponent(id)}`;
const pieceOf = (text: string) => {
  const at = random(Math.max(1, text.length - 4));
  return encodeURIComponent(text.slice(at, at + 1 + random(6)));
};
const cursors = new Map<string, string | null>();
/** The next page of a list each time, from the beginning again at its end. */
async function turned(path: string): Promise<void> {
  const cursor = cursors.get(path);
  const { next } = await json(cursor ? `${path}&cursor=${encodeURIComponent(cursor)}` : path);
  cursors.set(path, next);
}

/** Waits until what changed is worked out, and says how much did: 0 where the file holds one sync. */
async function readyChanges(): Promise<number> {
  for (;;) {
    const { state, counts } = await json("/api/changes?limit=1");
    if (state !== "working") return counts?.total ?? 0;
    await new Promise((done) => setTimeout(done, 200));
  }
}

const ASKED: Readonly<Record<string, () => Promise<unknown>>> = {
  session: () => json("/api/session"),
  overview: () => json("/api/overview"),
  "search: a piece of a name": () => json(`/api/search?q=${pieceOf(person().name)}`),
  "search: a login": () => json(`/api/search?q=${encodeURIComponent(person().login)}`),
  "search: nothing there": () => json(`/api/search?q=zq${random(1e6)}xw`),
  "people, page by page": () => turned("/api/resources?type=user&limit=100"),
  "everything, page by page": () => turned("/api/resources?limit=100"),
  "people by holdings": () => turned("/api/resources?type=user&sort=held&desc=true&limit=100"),
  "people by sign-in, with fields": () =>
    turned("/api/resources?type=user&sort=lastSignIn&fields=department,title&limit=100"),
  "people by a word": () => json(`/api/resources?type=user&q=${pieceOf(person().name)}&limit=100`),
  "people, disabled": () => turned("/api/resources?type=user&status=DISABLED&limit=100"),
  admins: () => turned("/api/resources?type=user&admin=true&limit=100"),
  "a person": () => json(pathOf({ ...person(), type: "user" })),
  "a person's access": () => json(`${pathOf({ ...person(), type: "user" })}/access?limit=100`),
  "a person's graph": () => json(`${pathOf({ ...person(), type: "user" })}/graph`),
  "a person's history": () => json(`${pathOf({ ...person(), type: "user" })}/history`),
  "a thing": () => json(pathOf(thing())),
  "holders, first page": () => json(`${pathOf(thing())}/holders?limit=50`),
  "holders, page by page": () => turned(`${pathOf(things[0])}/holders?limit=50`),
  "holders of the largest app": () =>
    turned(`${pathOf(things.find(({ type }: { type: string }) => type === "app"))}/holders?limit=100`),
  "holders by a word": () => json(`${pathOf(thing())}/holders?q=${pieceOf(person().name)}&limit=50`),
  "holders, direct only": () => json(`${pathOf(thing())}/holders?direct=true&limit=50`),
  "a thing's history": () => json(`${pathOf(thing())}/history`),
  "two side by side": () => json(`/api/compare?left=user:${person().id}&right=user:${person().id}&limit=100`),
  "who is admin through what": () => json("/api/admins"),
  findings: () => turned("/api/findings?limit=100"),
  "findings by a word": () => json(`/api/findings?q=${pieceOf(person().name)}&limit=100`),
};

const ASKED_OF_CHANGES: typeof ASKED = {
  changes: () => turned("/api/changes?limit=100"),
  "changes by a word": () => json(`/api/changes?q=${pieceOf(person().name)}&limit=100`),
  "changes, nothing there": () => json(`/api/changes?q=zq${random(1e6)}xw`),
  "changes, removed only": () => turned("/api/changes?change=removed&limit=100"),
  "changes of a danger": () => turned("/api/changes?danger=low&limit=100"),
  "a person's changes": () => json(`${pathOf({ ...person(), type: "user" })}/history/changes?limit=50`),
  "a thing's changes": () => json(`${pathOf(thing())}/history/changes?limit=50`),
};

const all: number[] = [];
const at = (times: number[], share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]!;
console.log(`\n${"".padEnd(34)}${"p50".padStart(8)}${"p95".padStart(8)}${"slowest".padStart(9)}`);
for (const [name, ask] of Object.entries({ ...ASKED, ...(changed > 0 && ASKED_OF_CHANGES) })) {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const before = performance.now();
    await ask();
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  all.push(...times);
  const shown = [at(times, 0.5), at(times, 0.95), times.at(-1)!].map((ms, i) =>
    ms.toFixed(1).padStart(i === 2 ? 9 : 8),
  );
  console.log(`${name.padEnd(34)}${shown.join("")}`);
}
all.sort((a, b) => a - b);
console.log(
  `${"all".padEnd(34)}${at(all, 0.5).toFixed(1).padStart(8)}${at(all, 0.95).toFixed(1).padStart(8)}${all.at(-1)!.toFixed(1).padStart(9)}`,
);
const { readFileSync } = await import("node:fs");
const memory = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1];
console.log(`\nlargest memory of the server: ${Math.round(Number(memory) / 1000)} MB`);
child.kill("SIGTERM");
