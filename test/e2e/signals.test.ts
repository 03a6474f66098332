import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serve } from "../okta/api/okta-server.ts";
import { inFolder, start } from "./program.ts";

test.each([
  ["sync", ["sync", "--file", "x.c1z"], "SIGINT"],
  ["grant", ["grant", "group:00g1:member", "user:00u1"], "SIGTERM"],
  ["doctor", ["doctor"], "SIGINT"],
  ["events", ["events"], "SIGTERM"],
] as const)("%s ends with the first signal while the token endpoint is waited for", async (_, args, signal) => {
  await inFolder(async (cwd) => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = join(cwd, "key.pem");
    writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }));
    const server = await serve(() => {});
    const oauth = ["--okta-client-id", "0oa1", "--okta-private-key", key, "--okta-private-key-id", "k1"];
    const run = start([...args, "--domain", server.url, "--auth-method", "private-key-group", ...oauth], {
      cwd,
      timeoutMs: 20_000,
    });
    await expect.poll(() => server.seen.length, { timeout: 10_000 }).toBe(1);
    run.child.kill(signal);
    // Not killed: it came to its own end, and did not ask again.
    const { code, signal: killed } = await run.ended;
    expect({ code, killed }).toEqual({ code: 4, killed: null });
    expect(server.seen).toHaveLength(1);
  });
});
