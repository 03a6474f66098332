import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { orgFromJson } from "../../src/sandbox/org/json.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { inFolder, PROGRAM, run, start } from "../e2e/program.ts";

const org = () => orgFromJson(JSON.parse(readFileSync("test/golden/org.json", "utf8")));
const { version } = JSON.parse(readFileSync("package.json", "utf8"));

describe("the built program", () => {
  it("can be started as it is", () => {
    const { status, stdout } = spawnSync(PROGRAM, ["--version"], {
      encoding: "utf8",
      env: { PATH: `${join(process.execPath, "..")}:${process.env.PATH}` },
    });
    expect([status, stdout]).toEqual([0, `baton-okta ${version}\n`]);
  });

  it.each([["--help"], ["--version"], ["-v"], ["help", "credentials"], ["completion", "bash"]])(
    "%j loads neither the Okta SDK nor gRPC, the log or SQLite",
    async (...argv) => {
      await inFolder(async (folder) => {
        // Every module that is loaded, noted by a hook that is there before the program.
        const hook = join(folder, "hook.mjs");
        const noted = join(folder, "loaded.txt");
        writeFileSync(
          hook,
          `import { registerHooks } from "node:module"; import { appendFileSync } from "node:fs";
registerHooks({ load(url, context, next) { appendFileSync(${JSON.stringify(noted)}, url + "\\n"); return next(url, context); } });`,
        );
        const ended = await run(argv, { env: { NODE_OPTIONS: `--import=${hook}` } });
        expect(ended).toMatchObject({ code: 0, stderr: "" });
        const loaded = readFileSync(noted, "utf8").trim().split("\n");
        expect(loaded.length).toBeLessThan(32);
        expect(loaded.join("\n")).not.toMatch(/node:(sqlite|http|https|http2|tls|zlib)\b/);
        const code = loaded
          .filter((url) => url.startsWith("file:") && !url.endsWith("hook.mjs"))
          .map((url) => readFileSync(new URL(url), "utf8"))
          .join("");
        expect(code).toContain("baton-okta");
        expect(code).not.toMatch(/SSWS|grpc-js|grpc-node|node-fetch/);
      });
    },
  );

  it("prints help without a command and about one", async () => {
    const [overview, sync, also, topic] = await Promise.all([
      run(["--help"]),
      run(["sync", "--help"]),
      run(["help", "sync"]),
      run(["--help", "limits"]),
    ]);
    expect(overview.stdout).toContain("Commands:");
    expect(sync.stdout).toContain("--sync-custom-roles");
    expect(also.stdout).toBe(sync.stdout);
    expect(topic.stdout).toContain("--rate-limit-share");
  });

  it.each([
    [["--domian", "x"], 2, "Error: There is no flag --domian.\nDid you mean --domain?\n"],
    [["snpashot"], 2, 'Error: There is no command "snpashot".\nDid you mean snapshot?\n'],
    [["capabilities", "extra"], 2, /capabilities takes no arguments/i],
    [["snapshot", "lok"], 2, /^Error: Snapshot cannot "lok"\./],
    [["snapshot", "show"], 2, /takes one file\.\nWrite baton-okta snapshot show FILE\.\n$/],
    [["snapshot", "show", "package.json"], 1, /^Error: package\.json is not a snapshot/],
    [["snapshot", "show", "nothing.c1z"], 1, /there is no snapshot at nothing\.c1z/i],
    [["help", "limts"], 2, /Did you mean limits\?/],
    [["completion", "tcsh"], 2, /bash, zsh, fish, powershell/],
    [["--domain", "acme.okta.com", "extra"], 2, /sync takes no argument "extra"/i],
    [["--domain", "acme.okta.com/path", "--api-token", "s3cret"], 2, /path/],
    [
      ["--domain", "acme.okta.com", "--grant-entitlement", "e"],
      2,
      /--grant-entitlement needs --grant-principal as well/,
    ],
    [["--domain", "acme.okta.com", "--revoke-grant", "e"], 2, /--api-token is missing/],
  ])("%j ends with %i and says why", async (argv, code, said) => {
    const ended = await run(argv);
    expect(ended).toMatchObject({ code, stdout: "" });
    if (typeof said === "string") expect(ended.stderr).toBe(said);
    else expect(ended.stderr).toMatch(said);
    expect(ended.stderr.trim().split("\n").length).toBeLessThanOrEqual(2);
    expect(ended.stderr).not.toContain("s3cret");
  });

  it("reads .baton.yaml of the folder it runs in", async () => {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, ".baton.yaml"), "domain: acme.okta.com\nlog-levle: debug\n");
      const ended = await run([], { cwd: folder });
      // What is no setting is named; the one that is there counts, so that the next one is missing.
      expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(/--api-token is missing/) });
      expect(JSON.parse(ended.stderr.split("\n")[0]!)).toMatchObject({
        level: "warn",
        setting: "log-levle",
        at: ".baton.yaml, line 2",
        didYouMean: "log-level",
      });
    });
  });

  it("takes no offence at a reader that goes away", () => {
    const script = `"${process.execPath}" "${PROGRAM}" help sync | true; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
    expect([stdout.trim(), stderr]).toEqual(["0", ""]);
  });
});

describe("a sync from the command line", () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ org: org(), limits: "off" });
  });
  afterAll(() => sandbox.close());

  it("says on standard output what it did, logs to standard error, and shows no secret", async () => {
    await inFolder(async (folder) => {
      const file = join(folder, "a.c1z");
      const argv = ["--domain", sandbox.url, "--api-token", sandbox.token, "-f", file, "--log-level", "debug"];
      const ended = await run(argv);
      expect(ended.code, ended.stderr).toBe(0);
      expect(ended.stdout).toMatch(/^Synced 127\.0\.0\.1 into .*a\.c1z \(.*\) in /);
      expect(ended.stdout).toMatch(/^ {2}user +72 +0 +0$/m);
      expect(ended.stdout).toMatch(/Calls to Okta: \d+/);
      const lines = ended.stderr
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(lines.at(-1)).toMatchObject({ level: "info", msg: "sync finished", resources: { user: 72 } });
      expect(ended.stdout + ended.stderr).not.toContain(sandbox.token);
      expect(readFileSync(file).includes(sandbox.token)).toBe(false);
    });
  });

  it("refuses a resource type that is not there before it asks Okta for anything", async () => {
    await inFolder(async (folder) => {
      sandbox.resetCalls();
      const argv = ["--domain", sandbox.url, "--api-token", "wrong", "-f", join(folder, "a.c1z")];
      const ended = await run([...argv, "--sync-resource-types", "user,custom-role"]);
      expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining("custom-role") });
      expect(sandbox.calls().total).toBe(0);
    });
  });

  it("takes its settings from the environment, and gives its summary as JSON", async () => {
    await inFolder(async (folder) => {
      const env = {
        BATON_DOMAIN: sandbox.url,
        BATON_API_TOKEN: sandbox.token,
        BATON_FILE: "env.c1z",
        BATON_OUTPUT: "json",
      };
      const ended = await run([], { cwd: folder, env });
      expect(ended.code, ended.stderr).toBe(0);
      expect(JSON.parse(ended.stdout)).toMatchObject({ syncType: "full", file: "env.c1z", resources: { user: 72 } });
      const shown = await run(["snapshot", "show", "env.c1z", "-o", "json"], { cwd: folder });
      expect(JSON.parse(shown.stdout)).toMatchObject({ counts: { resources: 120 } });
      const grants = await run(["snapshot", "grants", "env.c1z", "--resource", "role:SUPER_ADMIN"], { cwd: folder });
      expect(grants.stdout).toMatch(/^ {2}user .*directly\n1 grant\.\n$/);
      const same = await run(["snapshot", "diff", "env.c1z", "env.c1z"], { cwd: folder });
      expect(same.stdout).toBe("The two hold the same.\n");
    });
  });

  it("ends with 3 where the token is wrong, and says so once", async () => {
    await inFolder(async (folder) => {
      const argv = ["--domain", sandbox.url, "--api-token", "wr0ng-token", "-f"];
      const [json, text] = await Promise.all([
        run([...argv, join(folder, "a.c1z")]),
        run([...argv, join(folder, "b.c1z"), "--log-format", "console"]),
      ]);
      expect([json.code, text.code]).toEqual([3, 3]);
      expect(JSON.parse(json.stderr)).toMatchObject({
        level: "error",
        kind: "unauthenticated",
        advice: expect.any(String),
      });
      expect(text.stderr).toMatch(/^Error: .*E0000011.*\n[^\n]+\n$/);
      expect(json.stderr + text.stderr).not.toContain("wr0ng-token");
    });
  });

  it("goes on where a lesser token may not read something, and names it on both streams", async () => {
    const token = "read-only";
    const lesser = await startSandbox({ org: org(), limits: "off", tokens: [{ token, roles: ["READ_ONLY_ADMIN"] }] });
    try {
      await inFolder(async (folder) => {
        const argv = ["--domain", lesser.url, "--api-token", token, "-f", join(folder, "a.c1z"), "--sync-secrets"];
        const ended = await run(argv);
        expect(ended.code, ended.stderr).toBe(0);
        expect(ended.stdout).toMatch(/NOT READABLE: .*\n {2}- .*API tokens: refused 1 time/);
        const lines = ended.stderr
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line));
        expect(lines).toContainEqual(expect.objectContaining({ level: "warn", what: "API tokens", times: 1 }));
        expect(lines.at(-1).notReadable).toContainEqual(expect.objectContaining({ what: "admin roles of groups" }));
      });
    } finally {
      await lesser.close();
    }
  });

  it("does not ask Okta where the target is no snapshot", async () => {
    await inFolder(async (folder) => {
      const file = join(folder, "notes.txt");
      writeFileSync(file, "precious");
      sandbox.resetCalls();
      const ended = await run([
        "--domain",
        sandbox.url,
        "--api-token",
        sandbox.token,
        "-f",
        file,
        "--log-format",
        "console",
      ]);
      expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining("is not a snapshot") });
      expect(sandbox.calls().total).toBe(0);
      expect(readFileSync(file, "utf8")).toBe("precious");
    });
  });

  it("stops at a signal, and goes on with the same command", async () => {
    const slow = await startSandbox({ org: org(), limits: "off", latencyMs: 60 });
    try {
      await inFolder(async (folder) => {
        const argv = [
          "--domain",
          slow.url,
          "--api-token",
          slow.token,
          "-f",
          join(folder, "a.c1z"),
          "--log-format",
          "console",
        ];
        const running = start(argv);
        let calls = 0;
        await new Promise<void>((resolve) => {
          const stop = slow.onRequest(() => {
            calls += 1;
            if (calls === 20) resolve(stop());
          });
        });
        running.child.kill("SIGINT");
        const ended = await running.ended;
        expect(ended.code, ended.stderr).toBe(4);
        expect(ended.stderr).toMatch(/Error: .*kept\.\nRun the same command again/);
        const again = await run(argv);
        expect(again.code, again.stderr).toBe(0);
        expect(again.stdout).toContain("going on with a sync that was interrupted");
      });
    } finally {
      await slow.close();
    }
  });

  it("hides the token from the list of processes", async () => {
    const slow = await startSandbox({ org: org(), limits: "off", latencyMs: 300 });
    try {
      await inFolder(async (folder) => {
        const running = start(["--domain", slow.url, "--api-token", slow.token, "-f", join(folder, "a.c1z")]);
        await new Promise<void>((resolve) => {
          const stop = slow.onRequest(() => resolve(stop()));
        });
        const shown = spawnSync("ps", ["-o", "args=", "-p", String(running.child.pid)], { encoding: "utf8" }).stdout;
        expect(shown).toContain("[redacted]");
        expect(shown).not.toContain(slow.token);
        running.child.kill("SIGKILL");
        await running.ended;
      });
    } finally {
      await slow.close();
    }
  });
});

describe("the sandbox and the demo", () => {
  it("prints where it is and how to get in, and ends at a signal", async () => {
    const running = start(["sandbox", "--port", "0", "--users", "20", "--auth", "dpop"]);
    while (!running.stdout().includes("--okta-private-key-id")) await new Promise((resolve) => setTimeout(resolve, 20));
    const value = (name: string) => new RegExp(`^ +${name} +(\\S+)$`, "m").exec(running.stdout())?.[1] ?? "";
    await inFolder(async (folder) => {
      const ended = await run([
        ...["--domain", value("URL"), "--auth-method", "private-key-group", "-f", join(folder, "a.c1z")],
        ...["--okta-client-id", value("Client id"), "--okta-private-key", value("Private key")],
        `--okta-private-key-id=${value("Key id")}`,
      ]);
      expect(ended.code, ended.stderr).toBe(0);
      expect(ended.stdout).toMatch(/^ {2}user +20 /m);
    });
    running.child.kill("SIGTERM");
    expect((await running.ended).code).toBe(0);
    expect(() => readFileSync(value("Private key"))).toThrow(/ENOENT/);
  });

  it.each([
    [["--users", "many"], /--users takes a whole number/],
    [["--limits", "none"], /--limits/],
    [["--org", "nothing.json"], /nothing\.json/],
    [["--tls-cert", "cert.pem"], /--tls-cert and --tls-key go together/],
  ])("refuses sandbox %j", async (argv, said) => {
    expect(await run(["sandbox", ...argv])).toMatchObject({ code: 2, stderr: expect.stringMatching(said) });
  });

  it("shows in one command what there is to see", async () => {
    await inFolder(async (folder) => {
      const ended = await run(["demo", "--users", "60"], { cwd: folder });
      expect(ended).toMatchObject({ code: 0, stderr: "" });
      expect(ended.stdout).toMatch(/Synced 127\.0\.0\.1 into demo\.c1z/);
      expect(ended.stdout).toMatch(/Who holds SUPER_ADMIN, and through what:\n {2}user/);
      expect((await run(["snapshot", "show", "demo.c1z"], { cwd: folder })).code).toBe(0);
    });
  });
});
