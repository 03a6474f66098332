import yargs from "yargs/yargs";
import { booleanOf, type Settings, type Written, type WrittenValues } from "../runtime/config/config.ts";
import { didYouMean } from "../runtime/did-you-mean.ts";
import { Failure } from "../runtime/failure.ts";

/** What a command line says. */
export interface Arguments {
  readonly flags: WrittenValues;
  readonly positionals: readonly string[];
}

/**
 * Reads a command line. Throws a `Failure` of kind `usage` for a flag that is unknown or lacks its value.
 * Flags stand as `--flag value`, `--flag=value` or `-f value`; after `--` nothing is a flag.
 */
export function parseArguments(argv: readonly string[], settings: Settings): Arguments {
  const names = Object.keys(settings);
  const of = (type: string) => names.filter((name) => settings[name]!.type === type);
  const parsed = yargs(joined(argv, settings))
    .help(false)
    .version(false)
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new Failure({ kind: "usage", message });
    })
    .parserConfiguration({
      "boolean-negation": false,
      "camel-case-expansion": false,
      "dot-notation": false,
      "duplicate-arguments-array": true,
      "flatten-duplicate-arrays": false,
      "greedy-arrays": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "populate--": true,
      "short-option-groups": false,
      "strip-aliased": true,
    })
    .string(names.filter((name) => settings[name]!.type !== "boolean"))
    .boolean(of("boolean"))
    .parseSync();
  const flags = new Map<string, Written>();
  for (const name of names) {
    const value = parsed[name];
    if (value === undefined) continue;
    const texts = (Array.isArray(value) ? value : [value]).map(String);
    if (texts.length > 1 && settings[name]!.type !== "list" && new Set(texts).size > 1) {
      throw new Failure({ kind: "usage", message: `--${name} is given more than once, with different values` });
    }
    flags.set(name, { texts, where: `--${name}` });
  }
  return { flags, positionals: [...parsed._, ...((parsed["--"] as string[] | undefined) ?? [])].map(String) };
}

/**
 * Ties each flag to its value (`--flag=value`, by its long name), so that a value may look like a flag: a PEM key
 * starts with dashes, and so does `--workers -1`.
 */
function joined(argv: readonly string[], settings: Settings): string[] {
  const result: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === "--") return [...result, ...argv.slice(i)];
    if (!word.startsWith("-") || word === "-") {
      result.push(word);
      continue;
    }
    const { name, value } = split(word, settings);
    const setting = settings[name]!;
    if (setting.type === "boolean") {
      const next = argv[i + 1];
      // As `--event-feed true` is written by some callers, and taken.
      if (value === undefined && (next === "true" || next === "false")) i += 1;
      const text = value ?? (next === "false" ? "false" : "true");
      const on = booleanOf(text);
      if (on === undefined) {
        throw new Failure({ kind: "usage", message: `--${name} takes true or false, not ${JSON.stringify(text)}` });
      }
      result.push(`--${name}=${on}`);
      continue;
    }
    if (value !== undefined) {
      result.push(`--${name}=${value}`);
      continue;
    }
    const next = argv[i + 1];
    if (next === undefined || isFlag(next, settings)) {
      throw new Failure({
        kind: "usage",
        message: `--${name} needs a value`,
        advice: example(name, setting.placeholder),
      });
    }
    result.push(`--${name}=${next}`);
    i += 1;
  }
  return result;
}

function split(word: string, settings: Settings): { name: string; value?: string } {
  const equals = word.indexOf("=");
  const head = equals === -1 ? word : word.slice(0, equals);
  const value = equals === -1 ? {} : { value: word.slice(equals + 1) };
  if (head.startsWith("--")) {
    const name = head.slice(2);
    if (Object.hasOwn(settings, name)) return { name, ...value };
    const suggestion = didYouMean(name, Object.keys(settings));
    throw unknown(head, suggestion === undefined ? undefined : `--${suggestion}`);
  }
  for (const [name, setting] of Object.entries(settings)) {
    if (setting.short === undefined || !head.startsWith(`-${setting.short}`)) continue;
    if (head.length === 2) return { name, ...value };
    // `-fout.c1z`, as many programs take it.
    if (setting.type !== "boolean") return { name, value: word.slice(2) };
  }
  const long = head.slice(1);
  throw unknown(head, Object.hasOwn(settings, long) ? `--${long}` : undefined);
}

function unknown(flag: string, suggestion: string | undefined): Failure {
  return new Failure({
    kind: "usage",
    message: `there is no flag ${flag}`,
    advice: suggestion === undefined ? "see baton-okta help" : `did you mean ${suggestion}?`,
  });
}

function isFlag(word: string, settings: Settings): boolean {
  const head = word.split("=")[0]!;
  if (head.startsWith("--")) return Object.hasOwn(settings, head.slice(2));
  return Object.values(settings).some(({ short }) => short !== undefined && head === `-${short}`);
}

function example(name: string, placeholder: string | undefined): string {
  return `write --${name} ${placeholder ?? "VALUE"}`;
}
