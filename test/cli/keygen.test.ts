import { createPublicKey } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { calculateJwkThumbprint } from "jose";
import { expect, test } from "vitest";
import { startSandbox } from "../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../src/sandbox/seed/seed.ts";
import { inFolder, run } from "../e2e/program.ts";

test("the key that it makes signs an app in, and only its owner can read it", async () => {
  await inFolder(async (folder) => {
    const made = await run(["keygen"], { cwd: folder });
    expect(made.code).toBe(0);
    const jwk = JSON.parse(made.stdout);
    const file = join(folder, "okta-private-key.pem");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const pem = readFileSync(file, "utf8");
    expect(pem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(Object.keys(jwk)).toEqual(["kty", "use", "alg", "kid", "e", "n"]);
    expect(jwk.kid).toBe(await calculateJwkThumbprint(jwk));
    expect(createPublicKey(pem).export({ format: "jwk" })).toMatchObject({ e: jwk.e, n: jwk.n });
    // What it says to do next works once the app has the key.
    expect(made.stderr).toContain(`--okta-private-key-id=${jwk.kid}`);
    expect(made.stdout + made.stderr).not.toContain(pem.split("\n")[1]);
    const sandbox = await startSandbox({
      org: seedOrg({ users: 20, groups: 4, apps: 2, seed: 1 }),
      oauthClients: [
        { clientId: "0oaNew", publicJwks: [jwk], grantedScopes: ["okta.users.read"], roles: ["SUPER_ADMIN"] },
      ],
    });
    try {
      const args = made.stderr.slice(made.stderr.indexOf("doctor")).replace(/\\\n/g, " ").trim().split(/\s+/);
      const checked = await run(
        [
          ...args.map((word) => word.replace("acme.okta.com", sandbox.url).replace("CLIENT_ID", "0oaNew")),
          ...["--require", "review-users"],
        ],
        { cwd: folder },
      );
      expect(checked).toMatchObject({ code: 0, stderr: "" });
    } finally {
      await sandbox.close();
    }
  });
});

test("it overwrites nothing, whatever is there", async () => {
  await inFolder(async (folder) => {
    const file = join(folder, "mine.pem");
    writeFileSync(file, "precious");
    const ended = await run(["keygen", "--out", file]);
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toMatch(/is there already, and a key is never overwritten/);
    expect(readFileSync(file, "utf8")).toBe("precious");
  });
});

test("the length can be chosen, and one that Okta's RS256 does not take is refused", async () => {
  await inFolder(async (folder) => {
    const long = await run(["keygen", "--bits", "3072", "--out", join(folder, "long.pem")]);
    const key = createPublicKey(readFileSync(join(folder, "long.pem"), "utf8"));
    expect([long.code, key.asymmetricKeyDetails?.modulusLength]).toEqual([0, 3072]);
    const short = await run(["keygen", "--bits", "1024", "--out", join(folder, "short.pem")]);
    expect(short).toMatchObject({ code: 2, stdout: "" });
    expect(() => statSync(join(folder, "short.pem"))).toThrow();
    const nowhere = await run(["keygen", "--out", join(folder, "no", "such", "folder.pem")]);
    expect(nowhere).toMatchObject({ code: 1, stdout: "" });
    expect(nowhere.stderr).not.toMatch(/\n\s+at /);
  });
});
