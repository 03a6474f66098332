import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { goldenPath } from "../baton/model/golden.ts";
import { inFolder, run, start } from "./program.ts";

const FILE = goldenPath("reference.c1z");

/** Starts the page of the golden snapshot, and lets one in. */
async function explored(cwd: string, ...flags: string[]) {
  const running = start(["explore", FILE, "--no-open", ...flags], { cwd, env: { BATON_TMPDIR: cwd } });
  await expect.poll(() => running.stdout(), { timeout: 30_000 }).toMatch(/^Open http:\S+\n/);
  const address = /^Open (\S+)/.exec(running.stdout())![1]!;
  const answer = await fetch(address, { redirect: "manual" });
  const cookie = answer.headers.getSetCookie()[0]!.split(";")[0]!;
  const { origin } = new URL(address);
  return { running, get: (path: string) => fetch(`${origin}${path}`, { headers: { cookie } }) };
}

/** The processes of the system that a process has begun. */
function childrenOf(pid: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/stat`, "utf8").split(") ")[1]!.split(" ")[1] === String(pid);
      } catch {
        return false;
      }
    })
    .map(Number);
}

const exists = (pid: number) => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

test.each(["SIGINT", "SIGTERM"] as const)(
  "explore serves the page and what is worked out beside it, and leaves nothing behind after %s",
  async (signal) => {
    await inFolder(async (cwd) => {
      const { running, get } = await explored(cwd, "--log-format", "json");
      const page = await get("/");
      expect(page.headers.get("content-type")).toContain("text/html");
      const [, script] = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())!;
      expect((await get(script!)).status).toBe(200);
      expect(await (await get("/api/admins")).json()).toMatchObject({ admins: expect.any(Number) });
      await expect
        .poll(async () => (await (await get("/api/findings?limit=1")).json()).state, { timeout: 30_000 })
        .toBe("ready");
      running.child.kill(signal);
      expect(await running.ended).toMatchObject({ code: 0, signal: null });
      expect(readdirSync(cwd)).toEqual([]);
      const lines = (await running.ended).stderr
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(lines.map(({ msg }) => msg)).toEqual(["serving the page", "stopping", "stopped"]);
    });
  },
);

test.runIf(process.platform === "linux")("what explore has begun ends with it, also where it is killed", async () => {
  await inFolder(async (cwd) => {
    const { running, get } = await explored(cwd);
    await get("/api/admins");
    const children = childrenOf(running.child.pid!);
    expect(children).toHaveLength(1);
    running.child.kill("SIGKILL");
    await running.ended;
    await expect.poll(() => children.some(exists), { timeout: 30_000 }).toBe(false);
  });
});

test("explore refuses what would let in more than was meant, before it opens anything", async () => {
  await inFolder(async (cwd) => {
    const oidc = ["--oidc-issuer", "https://acme.okta.com", "--oidc-client-id", "0oa1"];
    for (const [flags, said] of [
      [["--listen", "0.0.0.0:0"], "nobody would have to sign in"],
      [["--listen", "nonsense"], "no address to listen on"],
      [[...oidc], "nobody could get in"],
      [[...oidc, "--oidc-viewers", "Security", "--listen", "0.0.0.0:0"], "send people back"],
      [["--oidc-issuer", "http://acme.okta.com", "--oidc-client-id", "x", "--oidc-viewers", "*"], "https"],
      [["--oidc-viewers", "*"], "--oidc-issuer"],
      [["--public-url", "https://acme.example/path"], "without a path"],
      [["--sync", "nothing"], "nothing"],
    ] as const) {
      const { code, stderr, stdout } = await run(["explore", FILE, "--no-open", ...flags], { cwd });
      expect(stderr.toLowerCase(), flags.join(" ")).toContain(said.toLowerCase());
      expect(code, flags.join(" ")).toBe(said === "nothing" ? 1 : 2);
      expect(stdout).toBe("");
    }
    expect((await run(["explore"], { cwd })).code).toBe(2);
    expect((await run(["explore", "none.c1z"], { cwd })).code).toBe(1);
  });
});
