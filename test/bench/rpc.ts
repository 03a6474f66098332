/**
 * Measures ListGrants over gRPC by the built program as a process of its own, on groups of 17 members, each call answered
 * by one to a sandbox: requests a second, CPU time a request, how long they take, and the most memory that the process had.
 * Others can be measured beside it, in turn, as a busy machine changes from one minute to the next.
 *
 *     node test/bench/rpc.ts [--requests 3000] [--at-once 1,10,50,200] [--members 17] [--tls]
 *                            [--program "COMMAND"] [--beside "COMMAND"]...
 *
 * A command is given the flags of `serve` and says where it listens as `serve` does. With `--tls` the sandbox and the
 * program speak TLS, the program to clients with a certificate only. Reads /proc, so it takes Linux.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { GrantsService } from "../../src/gen/c1/connector/v2/grant_pb.ts";
import { orgFromJson } from "../../src/sandbox/org/json.ts";
import { startSandbox } from "../../src/sandbox/sandbox.ts";
import { Caller } from "../baton/rpc/caller.ts";
import { type ServedProgram, startServing } from "./serving.ts";

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "3000" },
    "at-once": { type: "string", default: "1,10,50,200" },
    members: { type: "string", default: "17" },
    tls: { type: "boolean", default: false },
    program: { type: "string", default: `${process.execPath} dist/main.js` },
    beside: { type: "string", multiple: true, default: [] },
  },
});
const requests = Number(values.requests);
const membersOfGroup = Number(values.members);
const GROUPS = 200;
/** The programs take turns, each with so many parts of its requests. */
const TURNS = 5;
/** Requests before anything is counted, as a program that runs for days is asked. */
const WARM_UP = 500;

const users = Array.from({ length: Math.max(1_000, membersOfGroup) }, (_, n) => ({
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
  groups.map(({ id }, n) => [
    id,
    Array.from({ length: membersOfGroup }, (_, m) => users[(n * 7 + m) % users.length]!.id),
  ]),
);
const org = orgFromJson({ users, groups, groupMembers, groupRoles: {} } as never);

/** Asks for grants, so many calls at once, and gives what each one took, in milliseconds. */
async function ask(client: Caller, count: number, width: number): Promise<number[]> {
  const times: number[] = [];
  let next = 0;
  async function worker(): Promise<void> {
    while (next < count) {
      const id = groups[next++ % GROUPS]!.id;
      const at = performance.now();
      const { list } = await client.call(GrantsService.method.listGrants, {
        resource: { id: { resourceType: "group", resource: id } },
      });
      times.push(performance.now() - at);
      if (list.length === 0 || list.length > membersOfGroup) throw new Error(`${list.length} grants of ${id}`);
    }
  }
  await Promise.all(Array.from({ length: width }, worker));
  return times;
}

interface Seen {
  readonly program: ServedProgram;
  readonly client: Caller;
  readonly times: number[];
  wallMs: number;
  cpuMs: number;
}

const folder = mkdtempSync(join(tmpdir(), "baton-okta-bench-"));
const cert = join(folder, "tls.crt");
const key = join(folder, "tls.key");
let pair: { cert: string; key: string } | undefined;
if (values.tls) {
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const made = ["req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "1", "-keyout", key, "-out", cert, ...subject];
  execFileSync("openssl", made, { stdio: "ignore" });
  pair = { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
}
const sandbox = await startSandbox({ org, limits: "off", ...(pair === undefined ? {} : { tls: pair }) });
const programs: ServedProgram[] = [];
try {
  const flags = ["--domain", sandbox.url, ...(values.tls ? ["--tls-cert", cert, "--tls-key", key] : [])];
  if (values.tls) flags.push("--tls-client-ca", cert);
  for (const command of [values.program, ...values.beside]) {
    programs.push(await startServing(command, flags, sandbox.token, values.tls ? cert : undefined));
  }
  for (const program of programs) console.log(`${program.command}: ${program.memory()} MiB before the first call`);
  console.log(
    `${"".padEnd(9)}${"a second".padStart(10)}${"CPU ms".padStart(9)}${"p50 ms".padStart(9)}${"p99 ms".padStart(9)}${"peak MiB".padStart(10)}`,
  );
  for (const width of values["at-once"].split(",").map(Number)) {
    const seen: Seen[] = programs.map((program) => ({
      program,
      client: new Caller(program.address, pair?.cert, {}, pair),
      times: [],
      wallMs: 0,
      cpuMs: 0,
    }));
    for (const { client } of seen) await ask(client, WARM_UP, width);
    for (let turn = 0; turn < TURNS; turn++) {
      for (const one of seen) {
        const [at, cpu] = [performance.now(), one.program.cpuMs()];
        one.times.push(...(await ask(one.client, Math.ceil(requests / TURNS), width)));
        one.wallMs += performance.now() - at;
        one.cpuMs += one.program.cpuMs() - cpu;
      }
    }
    for (const { program, client, times, wallMs, cpuMs } of seen) {
      client.close();
      times.sort((a, b) => a - b);
      const at = (part: number) => times[Math.min(times.length - 1, Math.floor(times.length * part))]!;
      const cells = [
        ((times.length / wallMs) * 1000).toFixed(0).padStart(10),
        (cpuMs / times.length).toFixed(2).padStart(9),
        at(0.5).toFixed(1).padStart(9),
        at(0.99).toFixed(1).padStart(9),
        program.peakMemory().toFixed(0).padStart(10),
      ];
      console.log(`${`${width}`.padStart(9)}${cells.join("")}  ${program.command}`);
    }
  }
} finally {
  for (const program of programs) program.end();
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
}
