import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

/*
 * Pushes users and groups to `baton-okta scim` as its own process, as Okta does (a look-up and a POST for each user, groups
 * by POST and then by PATCH), and says how long it takes. Run it after a build with
 * `node test/bench/scim.ts [users] [groups] [store]`; the store is a SQLite file unless a postgres:// address is named.
 */
const users = Number(process.argv[2] ?? 20_000);
const groups = Number(process.argv[3] ?? 500);
const TOKEN = "bench-token-of-no-use";
const WIDTH = 8;

const folder = mkdtempSync(join(tmpdir(), "baton-okta-bench-"));
writeFileSync(join(folder, "tokens"), `bench:${TOKEN}\n`);
const store = process.argv[4] ?? join(folder, "scim.db");
const argv = ["dist/main.js", "scim", "--listen", "127.0.0.1:0", "--store", store, "--token-file"];
const program = spawn(process.execPath, [...argv, join(folder, "tokens"), "--log-level", "error"], {
  stdio: ["ignore", "pipe", "inherit"],
});
const url = await new Promise<string>((resolve, reject) => {
  program.once("exit", () => reject(new Error("the program ended")));
  program.stdout.setEncoding("utf8").on("data", (text: string) => {
    const found = / at (http\S+)/.exec(text)?.[1];
    if (found) resolve(found);
  });
});
const agent = new Agent({ keepAlive: true, maxSockets: WIDTH });

function send(method: string, path: string, body?: object): Promise<{ id?: string; totalResults?: number }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/scim+json; charset=utf-8" };
    const sent = request(`${url}${path}`, { method, headers, agent }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.once("end", () => {
        if ((response.statusCode ?? 500) >= 300) reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
        else resolve(text === "" ? {} : JSON.parse(text));
      });
    });
    sent.once("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function measure(name: string, count: number, one: (n: number) => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const n = next++;
      const at = performance.now();
      await one(n);
      times.push(performance.now() - at);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: WIDTH }, worker));
  const seconds = (performance.now() - start) / 1000;
  times.sort((a, b) => a - b);
  const at = (part: number) => `${times[Math.min(times.length - 1, Math.floor(times.length * part))]!.toFixed(1)} ms`;
  const line = `${name}: ${count} in ${seconds.toFixed(1)} s, ${Math.round(count / seconds)}/s; p50 ${at(0.5)}, p99 ${at(0.99)}`;
  process.stdout.write(`${line}, longest ${at(1)}\n`);
}

try {
  const ids: string[] = [];
  await measure("look up and create a user", users, async (n) => {
    const userName = `u${n}@acme.example`;
    await send("GET", `/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}&startIndex=1&count=100`);
    const name = { givenName: "Given", familyName: `Family ${n}` };
    const emails = [{ primary: true, value: userName, type: "work" }];
    const made = await send("POST", "/Users", {
      userName,
      externalId: `00u${n}`,
      name,
      emails,
      active: true,
      groups: [],
    });
    ids.push(made.id!);
  });
  const groupIds: string[] = [];
  const member = (n: number) => ({ value: ids[n % ids.length]!, display: "somebody" });
  await measure("create a group of 100", groups, async (n) => {
    const members = Array.from({ length: 100 }, (_, m) => member(n * 37 + m));
    groupIds.push((await send("POST", "/Groups", { displayName: `Group ${n}`, members })).id!);
  });
  const everybody = (await send("POST", "/Groups", { displayName: "Everybody", members: ids.map((_, n) => member(n)) }))
    .id!;
  const op = (n: number, id: string) => [
    { op: "remove", path: `members[value eq "${member(n).value}"]` },
    { op: "add", path: "members", value: [{ value: id, display: "x" }] },
  ];
  await measure("change a group of 100 by PATCH", groups * 4, (n) =>
    send("PATCH", `/Groups/${groupIds[n % groups]!}`, { Operations: op(n * 7, ids[(n * 13) % ids.length]!) }),
  );
  await measure(`take one out of a group of ${users} and put another in`, 500, (n) =>
    send("PATCH", `/Groups/${everybody}`, { Operations: op(n, ids[n]!) }),
  );
  await measure("list 100 groups with their members", 10, (n) => send("GET", `/Groups?startIndex=${2 + n}&count=100`));
  await measure("deactivate a user", Math.min(users, 2_000), (n) =>
    send("PATCH", `/Users/${ids[n]!}`, { Operations: [{ op: "replace", value: { active: false } }] }),
  );
} finally {
  program.kill();
  agent.destroy();
  rmSync(folder, { recursive: true, force: true });
}
