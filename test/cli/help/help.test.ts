import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../../src/cli/commands.ts";
import { configuration } from "../../../src/cli/configuration.ts";
import { FLAGS } from "../../../src/cli/flags/flags.ts";
import { completionScript, SHELLS } from "../../../src/cli/help/completion.ts";
import { helpFor, helpNames } from "../../../src/cli/help/help.ts";
import { twoColumns, wrap } from "../../../src/cli/terminal/layout.ts";

describe("help", () => {
  const everything = helpNames().map((name) => helpFor(name, 100)!);

  it("has an overview that fits on a screen and names every command and topic", () => {
    const overview = helpFor(undefined, 100)!;
    expect(overview.split("\n").length).toBeLessThan(46);
    for (const name of helpNames()) expect(overview).toMatch(new RegExp(`^  ${name} `, "m"));
  });

  it.each(Object.keys(FLAGS))("explains --%s", (name) => {
    expect(everything.some((page) => new RegExp(`^  (-\\w, )?--${name}( |$)`, "m").test(page))).toBe(true);
  });

  it("names the variable of every setting", () => {
    const page = helpFor("configuration", 100)!;
    for (const name of Object.keys(FLAGS)) expect(page).toContain(`BATON_${name.toUpperCase().replaceAll("-", "_")}`);
  });

  it.each([40, 60, 80, 110])("keeps to %i columns", (width) => {
    for (const name of [undefined, ...helpNames()]) {
      // A usage line or an example is one line, so that it can be copied; a flag and its value stand together.
      const lines = helpFor(name, width)!
        .split("\n")
        .filter((line) => !/^ {2}(baton-okta|-)/.test(line));
      for (const line of lines) expect(line.length <= width || !line.trim().includes(" "), line).toBe(true);
    }
  });

  it("knows no other names", () => {
    expect(helpFor("nothing", 80)).toBeUndefined();
    expect(helpFor("toString", 80)).toBeUndefined();
  });

  it("lays out columns, one below the other where it is narrow", () => {
    expect(twoColumns([["--a", "one two three four five six"]], 40)).toBe("  --a  one two three four five six\n");
    expect(twoColumns([["--name VALUE", "one two three four five"]], 30)).toBe(
      "  --name VALUE\n      one two three four five\n",
    );
    expect(wrap("aaa bbb ccccccccc d", 7)).toEqual(["aaa bbb", "ccccccccc", "d"]);
  });
});

describe("completion", () => {
  it.each(SHELLS)("for %s knows every command and flag", (shell) => {
    const script = completionScript(shell);
    for (const [name, { flags }] of Object.entries(COMMANDS)) {
      expect(script).toContain(name);
      for (const flag of Object.keys(flags)) expect(script).toContain(shell === "fish" ? `-l ${flag}` : `--${flag}`);
    }
  });

  const complete = (...words: string[]) =>
    execFileSync(
      "bash",
      [
        "--norc",
        "-c",
        `${completionScript("bash")}
COMP_WORDS=(baton-okta "$@"); COMP_CWORD=$#; _baton_okta; printf '%s\\n' "\${COMPREPLY[@]}"`,
        "bash",
        ...words,
      ],
      {
        encoding: "utf8",
      },
    )
      .trim()
      .split("\n");

  it("works in bash", () => {
    expect(complete("s").sort()).toEqual(["sandbox", "scim", "serve", "snapshot", "sync"]);
    expect(complete("--log-le").sort()).toEqual(["--log-level", "--log-level-debug-expires-at"]);
    expect(complete("sync", "--log-level", "")).toEqual(["debug", "info", "warn", "error"]);
    expect(complete("snapshot", "d")).toContain("diff");
    expect(complete("completion", "f")).toEqual(["fish"]);
    expect(complete("sandbox", "--auth", "")).toEqual(["token", "oauth", "dpop"]);
  });
});

describe("what a platform is told", () => {
  const { fields, fieldGroups, isDirectory, displayName, iconUrl } = configuration();
  const names = fields.map(({ name }) => name);

  it("is what it would set, and nothing else", () => {
    expect([displayName, isDirectory]).toEqual(["Okta", true]);
    expect(names).toEqual(
      expect.arrayContaining(["domain", "api-token", "okta-private-key", "sync-custom-roles", "log-level"]),
    );
    for (const name of ["cache", "cache-tti", "cache-ttl", "file", "auth-method", "workers", "log-path"]) {
      expect(names).not.toContain(name);
    }
    for (const name of names) expect(Object.keys(FLAGS)).toContain(name);
  });

  it("says what is secret, required and the platform's own", () => {
    const by = (key: "isSecret" | "isRequired" | "isOps") =>
      fields.filter((field) => field[key]).map(({ name }) => name);
    expect(by("isSecret")).toEqual(["api-token", "okta-private-key"]);
    expect(by("isRequired")).toEqual([
      "domain",
      "api-token",
      "okta-client-id",
      "okta-private-key",
      "okta-private-key-id",
    ]);
    expect(by("isOps")).toEqual([
      "http-timeout-seconds",
      "log-level",
      "log-level-debug-expires-at",
      "health-check",
      "health-check-port",
      "health-check-bind-address",
      "otel-collector-endpoint",
      "otel-collector-endpoint-tls-cert-path",
      "otel-collector-endpoint-tls-cert",
      "otel-collector-endpoint-tls-insecure",
      "otel-tracing-disabled",
      "otel-logging-disabled",
      "session-store-maximum-size",
    ]);
  });

  it("names the icon, and shows what a value looks like", () => {
    expect(iconUrl).toBe("/static/app-icons/okta.svg");
    expect(fields.find(({ name }) => name === "domain")?.placeholder).toBe("acme.okta.com");
  });

  it("has the two ways of signing in as groups of fields that exist", () => {
    expect(fieldGroups.map(({ name }) => name)).toEqual(["api-token-group", "private-key-group"]);
    const [token, key] = fieldGroups.map((group) => group.fields);
    expect(token).toContain("api-token");
    expect(token).not.toContain("okta-private-key");
    expect(key).toEqual(
      expect.arrayContaining(["okta-client-id", "okta-private-key-id", "okta-private-key", "domain"]),
    );
    for (const name of [...token!, ...key!]) expect(names).toContain(name);
  });
});
