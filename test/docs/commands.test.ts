import { spawn } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../src/sandbox/seed/seed.ts";
import { inFolder, PROGRAM } from "../e2e/program.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({
    org: seedOrg({ users: 60, groups: 8, apps: 3, seed: 1 }),
    auth: "oauth",
    limits: "off",
  });
});
afterAll(() => sandbox.close());

/** The shell commands of a page, block by block. */
function blocksOf(page: string): string[] {
  const text = readFileSync(`docs/${page}.md`, "utf8");
  return [...text.matchAll(/^( *)```sh\n([\s\S]*?)^ *```$/gm)].map(([, indent, block]) =>
    block!.replaceAll(`\n${indent}`, "\n").trim(),
  );
}

/** What stands for a reader's own values, and these tests' values. */
function filledIn(block: string): string {
  return block
    .replaceAll("acme.okta.com", sandbox.url)
    .replaceAll("00abcd", sandbox.token)
    .replaceAll("0oa1abcd", sandbox.oauth!.clientId)
    .replaceAll("_ID=KID", `_ID=${sandbox.oauth!.keyId}`);
}

const BLOCKS = ["setup", "operations"].flatMap((page) => blocksOf(page).map((block, i) => [page, i, block] as const));

test.each(BLOCKS)("the commands of %s, block %i, work as they are written", async (_page, _i, block) => {
  await inFolder(async (folder) => {
    const bin = join(folder, "baton-okta");
    writeFileSync(bin, `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`);
    chmodSync(bin, 0o700);
    if (!block.includes("keygen")) {
      writeFileSync(join(folder, "okta-private-key.pem"), sandbox.oauth!.privateKeyPem, { mode: 0o600 });
    }
    const needsAccess = !block.includes("export BATON_DOMAIN");
    const env = {
      HOME: folder,
      PATH: `${folder}${delimiter}${process.env.PATH}`,
      ...(needsAccess && { BATON_DOMAIN: sandbox.url, BATON_API_TOKEN: sandbox.token }),
    };
    // A page that compares takes it that there is a snapshot from before.
    if (block.includes("snapshot diff")) await shell("baton-okta -f acme.c1z", folder, env);
    const ended = await shell(filledIn(block), folder, env);
    expect(ended).toMatchObject({ code: 0 });
  });
});

function shell(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<{ code: number | null; output: string }> {
  return new Promise((done, failed) => {
    const child = spawn("sh", ["-e", "-c", script], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    child.once("error", failed);
    child.once("close", (code) => done({ code, output }));
  });
}

test("there are commands to try", () => {
  expect(BLOCKS.length).toBeGreaterThan(6);
});
