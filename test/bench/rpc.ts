import { spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import { GrantsService } from "../../src/gen/c1/connector/v2/grant_pb.ts";
import { orgFromJson } from "../../src/sandbox/org/json.ts";
import { startSandbox } from "../../src/sandbox/sandbox.ts";
import { Caller } from "../baton/rpc/caller.ts";

/*
 * Measures ListGrants through `baton-okta serve` as its own process: requests a second and how long they take, on
 * groups of 17 members, at several numbers of calls at once. Nothing is remembered between calls, so each one costs two
 * calls to the sandbox (members, roles). Run it with `node test/bench/rpc.ts [requests]`.
 */
const requests = Number(process.argv[2] ?? 3_000);
const GROUPS = 200;
const MEMBERS = 17;

const users = Array.from({ length: 1_000 }, (_, n) => ({
  id: `00u${String(n).padStart(17, "0")}`,
  status: "ACTIVE",
  created: "2024-01-01T00:00:00.000Z",
  profile: { login: `u${n}@acme.example`, email: `u${n}@acme.example`, firstName: "U", lastName: `${n}` },
}));
const groups = Array.from({ length: GROUPS }, (_, n) => ({
  id: `00g${String(n).padStart(17, "0")}`,
  type: "OKTA_GROUP",
  objectClass: ["okta:user_group"],
  profile: { name: `Group ${n}`, description: "" },
}));
const groupMembers = Object.fromEntries(
  groups.map(({ id }, n) => [id, Array.from({ length: MEMBERS }, (_, m) => users[(n * 7 + m) % users.length]!.id)]),
);
const org = orgFromJson({
  users,
  groups,
  groupMembers,
  groupRoles: {},
} as never);

const sandbox = await startSandbox({ org, limits: "off" });
const program = spawn(
  process.execPath,
  ["dist/main.js", "serve", "--domain", sandbox.url, "--listen", "127.0.0.1:0", "--log-level", "warn"],
  { env: { ...process.env, BATON_API_TOKEN: sandbox.token }, stdio: ["ignore", "pipe", "inherit"] },
);
const address = await new Promise<string>((resolve, reject) => {
  program.once("exit", () => reject(new Error("the program ended")));
  program.stdout.setEncoding("utf8").on("data", (text: string) => {
    const found = / at (\S+:\d+)/.exec(text)?.[1];
    if (found) resolve(found);
  });
});

try {
  for (const width of [1, 10, 50, 200]) {
    const client = new Caller(address);
    const times: number[] = [];
    let next = 0;
    const worker = async () => {
      while (next < requests) {
        const id = groups[next++ % GROUPS]!.id;
        const at = performance.now();
        const { list } = await client.call(GrantsService.method.listGrants, {
          resource: { id: { resourceType: "group", resource: id } },
        });
        times.push(performance.now() - at);
        if (list.length !== MEMBERS) throw new Error(`${list.length} grants of ${id}`);
      }
    };
    const start = performance.now();
    await Promise.all(Array.from({ length: width }, worker));
    const seconds = (performance.now() - start) / 1000;
    times.sort((a, b) => a - b);
    const at = (part: number) => times[Math.min(times.length - 1, Math.floor(times.length * part))]!.toFixed(1);
    const rate = (times.length / seconds).toFixed(0);
    console.log(
      `${String(width).padStart(4)} at once: ${rate.padStart(5)} a second, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
    );
    client.close();
  }
} finally {
  program.kill("SIGTERM");
  await sandbox.close();
}
