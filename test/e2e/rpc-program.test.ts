import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ResourcesService } from "../../src/gen/c1/connector/v2/resource_pb.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { Caller } from "../baton/rpc/caller.ts";
import { golden, goldenSandbox } from "../baton/rpc/okta.ts";
import { inFolder, run, start } from "./program.ts";
import { readGoldenForm } from "./snapshots.ts";

/** What the API token is rotated to. */
const NEXT_TOKEN = "00rotated";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await goldenSandbox({ tokens: [{ token: NEXT_TOKEN, roles: ["SUPER_ADMIN"] }] });
});
afterAll(() => sandbox.close());

/** Starts the program as a server and waits for its address. */
async function serving(flags: readonly string[] = [], token = sandbox.token) {
  const program = start(
    ["serve", "--domain", sandbox.url, "--listen", "127.0.0.1:0", "--sync-custom-roles", "--sync-secrets", ...flags],
    { env: { BATON_API_TOKEN: token } },
  );
  const address = await new Promise<string>((resolve, reject) => {
    program.ended.then(({ stderr }) => reject(new Error(stderr)));
    program.child.stdout?.on("data", () => {
      const found = / at (\S+:\d+)\n/.exec(program.stdout())?.[1];
      if (found) resolve(found);
    });
  });
  return { program, address };
}

it("serves an org to its own sync, which writes what a direct one writes", async () => {
  const { program, address } = await serving();
  await inFolder(async (folder) => {
    const file = join(folder, "remote.c1z");
    const ended = await run(["sync", "--connector", address, "-f", file]);
    expect(ended.code, ended.stderr).toBe(0);
    expect(await readGoldenForm(file)).toEqual(golden("expected.json"));
  });
  program.child.kill("SIGTERM");
  const { code, stderr } = await program.ended;
  expect(code, stderr).toBe(0);
});

it("lets one process go on where another gave a page token, with another API token too", async () => {
  const [one, other] = await Promise.all([serving(), serving([], NEXT_TOKEN)]);
  const [first, second] = [new Caller(one.address), new Caller(other.address)];
  const list = { resourceTypeId: "user", pageSize: 50 };
  const { listResources } = ResourcesService.method;
  const { nextPageToken: pageToken, list: start } = await first.call(listResources, list);
  const { list: rest } = await second.call(listResources, { ...list, pageToken });
  const ids = [...start, ...rest].map(({ id }) => id?.resource);
  expect(new Set(ids).size).toBe(golden("org.json").users.length);
  first.close();
  second.close();
  for (const { program } of [one, other]) {
    program.child.kill("SIGTERM");
    expect((await program.ended).code).toBe(0);
  }
});

it.each([
  [["--listen", "0.0.0.0:0"], /loopback/],
  [["--tls-cert", "none.crt"], /go together/],
  [["--tls-cert", "none.crt", "--tls-key", "none.key"], /none\.crt cannot be read/],
  [["--tls-client-ca", "ca.crt"], /needs --tls-cert/],
  [["somewhere:1"], /takes no argument/],
])("refuses %j", async (flags, why) => {
  const ended = await run(["serve", "--domain", sandbox.url, "--api-token", sandbox.token, ...flags]);
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(why);
});

it("does not pass over a filter that a connector's service cannot be told of", async () => {
  const filters = ["--filter-email-domains", "acme.example", "--skip-app-groups", "--sync-inactive-apps=false"];
  const ended = await run(["sync", "--connector", "127.0.0.1:1", ...filters]);
  expect(ended.code).toBe(2);
  for (const flag of ["--filter-email-domains", "--skip-app-groups", "--sync-inactive-apps=false"]) {
    expect(ended.stderr).toContain(flag);
  }
});

it("says when the connector's service is not there", async () => {
  await inFolder(async (folder) => {
    const ended = await run(["sync", "--connector", "nowhere", "-f", join(folder, "a.c1z")]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/no address of a service/);
  });
});
