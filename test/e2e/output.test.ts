import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { expect, test } from "vitest";
import { PROGRAM } from "./program.ts";

/** Runs the program with its output going to a device on which nothing fits. */
function runIntoFull(args: readonly string[], streams: readonly ("stdout" | "stderr")[]) {
  const full = openSync("/dev/full", "w");
  const to = (stream: "stdout" | "stderr") => (streams.includes(stream) ? full : "pipe");
  try {
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
      stdio: ["ignore", to("stdout"), to("stderr")],
      encoding: "utf8",
    });
    return { status, stderr };
  } finally {
    closeSync(full);
  }
}

test.skipIf(!existsSync("/dev/full"))("output that cannot be written is a failure in a sentence", () => {
  const told = { status: 1, stderr: "Error: the output cannot be written: the disk is full.\n" };
  expect(runIntoFull(["--version"], ["stdout"])).toEqual(told);
  expect(runIntoFull(["capabilities"], ["stdout"])).toEqual(told);
  expect(runIntoFull(["no-such-command"], ["stderr"])).toMatchObject({ status: 2 });
});
