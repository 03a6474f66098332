import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { consoleLine } from "../../../src/runtime/log/console.ts";
import { createLog, type LogOptions } from "../../../src/runtime/log/output.ts";
import { Secret } from "../../../src/runtime/secrets/secret.ts";

function recorded(options: Partial<LogOptions>) {
  const err: string[] = [];
  const out: string[] = [];
  const log = createLog({
    level: "info",
    format: "json",
    stderr: { write: (text) => err.push(text) },
    stdout: { write: (text) => out.push(text) },
    ...options,
  });
  return { log, err, out };
}

it("writes one JSON object a line, with a readable level and time", () => {
  const { log, err } = recorded({});
  log.info("sync started", { org: "https://acme.okta.com" });
  expect(err).toHaveLength(1);
  expect(JSON.parse(err[0]!)).toEqual({
    level: "info",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    msg: "sync started",
    org: "https://acme.okta.com",
  });
});

it("leaves out what is below its level", () => {
  const { log, err } = recorded({ level: "warn" });
  log.debug("a");
  log.info("b");
  log.warn("c");
  log.error("d");
  expect(err.map((line) => JSON.parse(line).msg)).toEqual(["c", "d"]);
});

it.each(["json", "console"] as const)("never shows a secret, as %s", (format) => {
  const { log, err } = recorded({ format });
  const token = new Secret("s3cret");
  log.info("made a client", { token, nested: { token }, text: `${token}` });
  expect(err.join("")).toContain("[redacted]");
  expect(err.join("")).not.toContain("s3cret");
});

it("writes to files, and to several places", () => {
  const folder = mkdtempSync(join(tmpdir(), "baton-log-"));
  const file = join(folder, "deep", "run.log");
  const { log, err, out } = recorded({ paths: [file, "stdout"] });
  log.warn("careful");
  expect(JSON.parse(readFileSync(file, "utf8")).msg).toBe("careful");
  expect(out).toHaveLength(1);
  expect(err).toEqual([]);
  rmSync(folder, { recursive: true });
});

it("says which log file cannot be written", () => {
  expect(() => recorded({ paths: [tmpdir()] })).toThrow(/log file .* cannot be written/);
});

it("lays lines out for people, without letting names command the terminal", () => {
  const line = {
    level: "warn",
    time: "2026-01-02T03:04:05.678Z",
    msg: "odd\u001b[2J name",
    user: "A B",
    n: 3,
    id: "x",
  };
  expect(consoleLine(line, false)).toBe('03:04:05 warn  odd [2J name user="A B" n=3 id=x\n');
  expect(consoleLine(line, true)).toContain("\u001b[33mwarn \u001b[0m");
});

it("keeps a new log file to its owner", () => {
  const folder = mkdtempSync(join(tmpdir(), "log-"));
  try {
    const { log } = recorded({ paths: [join(folder, "deep/log.json")] });
    log.info("somebody was read");
    expect(statSync(join(folder, "deep/log.json")).mode & 0o777).toBe(0o600);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
