import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { inFolder, start } from "./program.ts";

it("the daemon that rotates the key outlives an Okta that is away, and says that it is not well", async () => {
  await inFolder(async (cwd) => {
    const keyFile = join(cwd, "key.pem");
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeFileSync(keyFile, privateKey.export({ type: "pkcs8", format: "pem" }));
    const env = {
      ...{ BATON_DOMAIN: "http://127.0.0.1:9", BATON_AUTH_METHOD: "private-key-group", BATON_LOG_FORMAT: "json" },
      ...{ BATON_OKTA_CLIENT_ID: "0oa1", BATON_OKTA_PRIVATE_KEY_ID: "k1", BATON_OKTA_PRIVATE_KEY: keyFile },
    };
    const argv = ["rotate", "oauth-key", "--every", "90d", "--follow", "--health-check", "--health-check-port", "0"];
    const daemon = start(argv, { cwd, env });
    await expect.poll(() => daemon.stderr(), { timeout: 20_000 }).toContain("could not be rotated for now");
    const url = /"url":"(http:[^"]+)"/.exec(daemon.stderr())?.[1];
    expect((await fetch(`${url}/ready`)).status).toBe(503);
    expect(daemon.child.exitCode).toBeNull();
    daemon.child.kill("SIGTERM");
    expect(await daemon.ended).toMatchObject({ code: 0 });
  });
}, 60_000);
