import { describe, expect, it } from "vitest";
import { parseArguments } from "../../src/cli/arguments.ts";
import { FLAGS } from "../../src/cli/flags/flags.ts";

const parse = (...argv: string[]) => {
  const { flags, positionals } = parseArguments(argv, FLAGS);
  return { flags: Object.fromEntries([...flags].map(([name, { texts }]) => [name, texts.join("|")])), positionals };
};

describe("a command line", () => {
  it("takes a flag's value after it, after =, and right after a letter", () => {
    expect(parse("--domain", "a.example", "--log-level=debug", "-f", "x.c1z").flags).toEqual({
      domain: "a.example",
      "log-level": "debug",
      file: "x.c1z",
    });
    expect(parse("-fx.c1z").flags).toEqual({ file: "x.c1z" });
    expect(parse("-f=x.c1z").flags).toEqual({ file: "x.c1z" });
  });

  it("takes values that look like flags: keys and negative numbers", () => {
    const key = "-----BEGIN PRIVATE KEY-----\nab==\n-----END PRIVATE KEY-----";
    expect(parse("--okta-private-key", key, "--workers", "-1").flags).toEqual({
      "okta-private-key": key,
      workers: "-1",
    });
  });

  it("takes switches bare and with a value", () => {
    expect(parse("--sync-secrets", "--sync-inactive-apps=0", "--skip-app-groups", "false").flags).toEqual({
      "sync-secrets": "true",
      "sync-inactive-apps": "false",
      "skip-app-groups": "false",
    });
  });

  it("keeps texts as they are: digits, dots and equal signs", () => {
    expect(parse("--api-token", "0012", "--okta-client-id", "a.b=c", "--domain=x=y").flags).toEqual({
      "api-token": "0012",
      "okta-client-id": "a.b=c",
      domain: "x=y",
    });
  });

  it("collects lists, and leaves other words alone", () => {
    expect(parse("sync", "--sync-resources", "a", "--sync-resources", "b", "--", "--domain")).toEqual({
      flags: { "sync-resources": "a|b" },
      positionals: ["sync", "--domain"],
    });
  });

  it.each([
    [["--domian", "x"], "there is no flag --domian", "did you mean --domain?"],
    [["--zzz"], "there is no flag --zzz", "see baton-okta help"],
    [["-domain", "x"], "there is no flag -domain", "did you mean --domain?"],
    [["--no-sync-secrets"], "there is no flag --no-sync-secrets", "did you mean --sync-secrets?"],
    [["--domain"], "--domain needs a value", "write --domain HOST"],
    [["--domain", "--api-token", "x"], "--domain needs a value", "write --domain HOST"],
    [["--sync-secrets=perhaps"], '--sync-secrets takes true or false, not "perhaps"', undefined],
    [["-f", "a", "-f", "b"], "--file is given more than once, with different values", undefined],
  ])("refuses %j", (argv, message, advice) => {
    expect(() => parse(...argv)).toThrow(expect.objectContaining({ kind: "usage", message, advice }));
  });

  it.each(["__proto__", "constructor", "toString"])("is not led astray by --%s", (name) => {
    expect(() => parse(`--${name}`, "x")).toThrow(`there is no flag --${name}`);
  });
});
