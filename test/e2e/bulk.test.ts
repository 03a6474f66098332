import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Decrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../src/sandbox/seed/seed.ts";
import { inFolder, run, start } from "./program.ts";

async function serving<T>(latencyMs: number, use: (sandbox: Sandbox, env: Record<string, string>) => Promise<T>) {
  const sandbox = await startSandbox({
    org: seedOrg({ users: 80, groups: 6, apps: 2, seed: 7 }),
    limits: "off",
    latencyMs,
  });
  try {
    return await use(sandbox, { BATON_DOMAIN: sandbox.url, BATON_API_TOKEN: sandbox.token });
  } finally {
    await sandbox.close();
  }
}

async function okta<T>({ url, token }: Sandbox, path: string): Promise<T> {
  const answer = await fetch(`${url}${path}`, { headers: { authorization: `SSWS ${token}` } });
  return (await answer.json()) as T;
}

describe("many grants", () => {
  it("that Ctrl-C stops finish what runs, and go on with the same command, doing nothing twice", async () => {
    await serving(15, async (sandbox, env) => {
      const groups = await okta<{ id: string; type: string }[]>(sandbox, "/api/v1/groups?limit=200");
      const group = groups.find(({ type }) => type === "OKTA_GROUP")!.id;
      const users = await okta<{ id: string }[]>(sandbox, "/api/v1/users?limit=200");
      const before = new Set(
        (await okta<{ id: string }[]>(sandbox, `/api/v1/groups/${group}/users`)).map(({ id }) => id),
      );
      const wanted = users.map(({ id }) => id).filter((id) => !before.has(id));
      await inFolder(async (folder) => {
        const list = wanted.map((principal) => JSON.stringify({ entitlement: `group:${group}:member`, principal }));
        writeFileSync(join(folder, "list.jsonl"), `${list.join("\n")}\n`);
        const argv = [
          "grant",
          "--from",
          "list.jsonl",
          "--results",
          "results.jsonl",
          "--concurrency",
          "2",
          "-o",
          "json",
        ];
        const puts: string[] = [];
        const first = start(argv, { cwd: folder, env });
        sandbox.onRequest(({ method, url }) => {
          if (method !== "PUT") return;
          puts.push(url);
          if (puts.length === 5) first.child.kill("SIGINT");
        });
        const stopped = await first.ended;
        expect(stopped.code).toBe(4);
        expect(stopped.stderr).toContain("same command again");
        const done = readFileSync(join(folder, "results.jsonl"), "utf8").trim().split("\n").length;
        // What was under way was finished, and stands in the file.
        expect(done).toBe(puts.length);
        expect(done).toBeLessThan(wanted.length);
        const second = await run(argv, { cwd: folder, env });
        expect(second.code).toBe(0);
        expect(JSON.parse(second.stdout.trim().split("\n").at(-1)!)).toMatchObject({
          summary: { skipped: done, done: wanted.length - done, failed: 0, stopped: 0 },
        });
        expect(puts.length).toBe(new Set(puts).size);
        expect(puts.length).toBe(wanted.length);
      });
    });
  });

  it("are taken from standard input", async () => {
    await serving(0, async (_, env) => {
      const running = start(["grant", "--from", "-"], { env });
      // Standard input of a test run is closed: an empty list.
      expect(await running.ended).toMatchObject({ code: 0, stdout: "The list is empty.\n" });
    });
  });
});

describe("the built program", () => {
  it("that is ended while an account is created says what is not known, and what to do", async () => {
    await serving(0, async (sandbox, env) => {
      const argv = ["create-account", "--email", "ada@new.example", "--first-name", "Ada", "--last-name", "Lovelace"];
      const { child, ended } = start(argv, { env });
      sandbox.intercept(({ method }) => {
        if (method !== "POST") return undefined;
        child.stderr?.once("data", () => child.kill("SIGINT"));
        child.kill("SIGINT");
        return { kind: "hang", applied: true };
      });
      const { code, stderr } = await ended;
      expect(code).toBe(4);
      expect(stderr).toMatch(/Interrupted by SIGINT: .*whether the user was created is not known/);
      expect(stderr).toContain("Look for the login in Okta");
    });
  });

  it("encrypts a new account's password", async () => {
    await serving(0, async (sandbox, env) => {
      const identity = await generateIdentity();
      const to = await identityToRecipient(identity);
      const profile = JSON.stringify({ first_name: "Ada", last_name: "Lovelace", email: "ada@new.example" });
      const argv = ["--create-account-profile", profile, "--encrypt-to", to, "-o", "json"];
      const made = await run(argv, { env: { ...env, BATON_LEASE_STORE: ":memory:" } });
      expect(made.code).toBe(0);
      const age = new Decrypter();
      age.addIdentity(identity);
      const [data] = JSON.parse(made.stdout).encryptedData;
      const password = await age.decrypt(Buffer.from(data.encryptedBytes, "base64"), "text");
      expect(password.length).toBeGreaterThanOrEqual(8);
      expect(made.stderr).not.toContain(password);
      expect((await okta<{ status: string }>(sandbox, "/api/v1/users/ada@new.example")).status).toBe("ACTIVE");
    });
  });
});
