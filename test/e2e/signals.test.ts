import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ResourcesService } from "../../src/gen/c1/connector/v2/resource_pb.ts";
import { Caller, refusal } from "../baton/rpc/caller.ts";
import { FakePlatform } from "../baton/service/platform.ts";
import { serve } from "../okta/api/okta-server.ts";
import { inFolder, start } from "./program.ts";

/** The flags for an OAuth app of a server that answers nothing, not even the request for a token. */
async function hangingOAuth(folder: string) {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = join(folder, "key.pem");
  writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }));
  const server = await serve(() => {});
  const oauth = ["--okta-client-id", "0oa1", "--okta-private-key", key, "--okta-private-key-id", "k1"];
  return { server, flags: ["--domain", server.url, "--auth-method", "private-key-group", ...oauth] };
}

test.each([
  ["sync", ["sync", "--file", "x.c1z"], "SIGINT"],
  ["grant", ["grant", "group:00g1:member", "user:00u1"], "SIGTERM"],
  ["doctor", ["doctor"], "SIGINT"],
  ["events", ["events"], "SIGTERM"],
] as const)("%s ends with the first signal while the token endpoint is waited for", async (_, args, signal) => {
  await inFolder(async (cwd) => {
    const { server, flags } = await hangingOAuth(cwd);
    const run = start([...args, ...flags], { cwd, timeoutMs: 20_000 });
    await expect.poll(() => server.seen.length, { timeout: 10_000 }).toBe(1);
    run.child.kill(signal);
    // Not killed: it came to its own end, and did not ask again.
    const { code, signal: killed } = await run.ended;
    expect({ code, killed }).toEqual({ code: 4, killed: null });
    expect(server.seen).toHaveLength(1);
  });
});

test("serve answers UNAVAILABLE with the first signal to a call that waits for an access token, and ends", async () => {
  await inFolder(async (cwd) => {
    const { server, flags } = await hangingOAuth(cwd);
    const run = start(["serve", "--listen", "127.0.0.1:0", ...flags], { cwd, timeoutMs: 20_000 });
    await expect.poll(() => / at (\S+:\d+)\n/.exec(run.stdout())?.[1], { timeout: 10_000 }).toBeDefined();
    const client = new Caller(/ at (\S+:\d+)\n/.exec(run.stdout())![1]!);
    const refused = refusal(client.call(ResourcesService.method.listResources, { resourceTypeId: "user" }));
    await expect.poll(() => server.seen.length, { timeout: 10_000 }).toBe(1);
    run.child.kill("SIGTERM");
    expect(await refused).toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining("is stopping") });
    const { code, signal } = await run.ended;
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    client.close();
  });
});

test("service mode ends a task that waits for an access token with the first signal, to be tried again", async () => {
  const platform = new FakePlatform();
  await platform.listen();
  await inFolder(async (cwd) => {
    const { server, flags } = await hangingOAuth(cwd);
    const ca = join(cwd, "ca.pem");
    writeFileSync(ca, platform.ca);
    const run = start(["--client-id", platform.clientId, "--c1z-temp-dir", cwd, ...flags], {
      timeoutMs: 20_000,
      env: { NODE_EXTRA_CA_CERTS: ca, BATON_CLIENT_SECRET: platform.clientSecret(), BATON_HOST_ID: "e2e-host" },
    });
    const id = platform.give({ case: "syncFull", value: {} as never });
    await expect.poll(() => server.seen.length, { timeout: 15_000 }).toBe(1);
    run.child.kill("SIGTERM");
    expect(await platform.end(id)).toMatchObject({
      status: { code: 14, message: expect.stringContaining("is stopping") },
      finalState: { case: "error", value: { nonRetryable: false } },
    });
    const { code, signal } = await run.ended;
    expect({ code, signal }).toEqual({ code: 0, signal: null });
  });
  await platform.close();
});
