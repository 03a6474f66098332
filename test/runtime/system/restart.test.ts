import { execFileSync, spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { type RunningProcess, restartOf } from "../../../src/runtime/system/restart.ts";

const options = { flags: ["--max-semi-space-size=4"], env: { MALLOC_ARENA_MAX: "2" } };
const running: RunningProcess = {
  execPath: "/usr/bin/node",
  execArgv: ["--max-semi-space-size=8", "--import=./first.mjs"],
  argv: ["/usr/bin/node", "/app/main.js", "serve", "--listen", "127.0.0.1:0"],
  env: { HOME: "/root", MALLOC_ARENA_MAX: "1" },
  hasChannel: false,
  isOneFile: false,
};
const linux = { platform: "linux", env: {}, home: "/root" } as never;

it("keeps all that was chosen for this run, and lets it decide", () => {
  expect(restartOf(options, running, linux)).toEqual({
    args: [
      "/usr/bin/node",
      "--max-semi-space-size=4",
      "--max-semi-space-size=8",
      "--import=./first.mjs",
      ...running.argv.slice(1),
    ],
    env: { HOME: "/root", MALLOC_ARENA_MAX: "1" },
  });
});

it.each([
  ["it was started so", { execArgv: options.flags }, linux],
  ["the environment says otherwise", { env: { NODE_OPTIONS: "--max-semi-space-size=16" } }, linux],
  ["its parent speaks to it", { hasChannel: true }, linux],
  ["it is one file with Node", { isOneFile: true }, linux],
  ["the system cannot", {}, { platform: "win32" } as never],
])("does nothing where %s", (_, more, system) => {
  expect(restartOf(options, { ...running, ...more }, system)).toBeUndefined();
});

it.skipIf(process.platform === "win32")("is the same process, once, with its words and streams", () => {
  const script = `
    const { restartWith } = await import("./src/runtime/system/restart.ts");
    restartWith({ flags: ["--max-semi-space-size=4"], env: { BATON_RESTARTED: "yes" } });
    const read = (await import("node:fs")).readFileSync(0, "utf8");
    console.log(JSON.stringify([process.execArgv[0], process.env.BATON_RESTARTED, process.ppid, read, process.argv.slice(1)]));`;
  const args = ["--input-type=module", "-e", script, "one", "two words"];
  const child = spawnSync(process.execPath, args, { encoding: "utf8", input: "what comes in" });
  expect(child.stderr).toBe("");
  expect(JSON.parse(child.stdout)).toEqual([
    "--max-semi-space-size=4",
    "yes",
    process.pid,
    "what comes in",
    ["one", "two words"],
  ]);
});

it("goes on as it is where it cannot be replaced", () => {
  const script = `
    const { restartWith } = await import("./src/runtime/system/restart.ts");
    process.execve = () => { throw new Error("not allowed"); };
    restartWith({ flags: ["--max-semi-space-size=4"], env: {} });
    console.log("goes on");`;
  const out = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  expect(out).toBe("goes on\n");
});
