import { Failure } from "../failure.ts";
import { Secret } from "../secrets/secret.ts";

/** One setting: from it come its parsing, its help, its shell completion and what a platform sees of it. */
export interface Setting {
  readonly type: "string" | "boolean" | "integer" | "number" | "list";
  /** One sentence without a full stop. */
  readonly description: string;
  /** The one-letter form. */
  readonly short?: string;
  readonly default?: string | number | boolean;
  readonly choices?: readonly string[];
  /** Smallest and largest number allowed, both included. */
  readonly min?: number;
  readonly max?: number;
  /** Whether a larger number than `max` is taken for `max`, with a notice, in place of being refused. */
  readonly isClamped?: true;
  /** Whether the text is JSON, in whose place a file may hold the value itself. */
  readonly isJson?: true;
  /** Whether the value is read into a `Secret`. */
  readonly secret?: true;
  /** What stands for the value in help, as `HOST`. */
  readonly placeholder?: string;
}

/** Settings by name; the name is that of the flag without its dashes, and the key in the file. */
export type Settings = Readonly<Record<string, Setting>>;

/** What a setting's value is in the program. */
export type ValueOf<S extends Setting> = S["type"] extends "boolean"
  ? boolean
  : S["type"] extends "list"
    ? readonly string[]
    : S["type"] extends "integer" | "number"
      ? number | Missing<S>
      : S extends { readonly secret: true }
        ? Secret | Missing<S>
        : string | Missing<S>;

type Missing<S extends Setting> = S extends { readonly default: string | number | boolean } ? never : undefined;

/** The values of some settings. */
export type Values<T extends Settings> = { readonly [K in keyof T]: ValueOf<T[K]> };

/** Where a value came from. */
export type Source = "flag" | "environment" | "file" | "default";

/** A value as it was written, with the place to name when it is wrong. */
export interface Written {
  readonly texts: readonly string[];
  /** As `--domain`, `BATON_DOMAIN` or `domain in .baton.yaml, line 3`. */
  readonly where: string;
}

/** Something about the settings that is worth a warning: a constant text, and what it is about. */
export interface Notice {
  readonly message: string;
  readonly fields: Readonly<Record<string, string | number>>;
}

/** Takes a notice in. */
export type Notify = (notice: Notice) => void;

/** The values written in one place, by setting. */
export type WrittenValues = ReadonlyMap<string, Written>;

/** What {@link resolveSettings} found. */
export interface Resolved<T extends Settings> {
  readonly values: Values<T>;
  readonly sources: { readonly [K in keyof T]: Source };
}

/** The environment variable of a setting: `api-token` is `BATON_API_TOKEN`. */
export function variableOf(name: string): string {
  return `BATON_${name.toUpperCase().replaceAll("-", "_")}`;
}

/** The values that the environment gives. An empty variable counts as absent. */
export function fromEnvironment(settings: Settings, env: NodeJS.ProcessEnv): WrittenValues {
  const found = new Map<string, Written>();
  for (const name of Object.keys(settings)) {
    const variable = variableOf(name);
    const text = env[variable];
    if (text !== undefined && text !== "") found.set(name, { texts: [text], where: variable });
  }
  return found;
}

/**
 * Puts the settings together: flag before environment before file before default.
 * Throws a `Failure` of kind `usage` for a value of the wrong type, naming where it stands; a secret is never named.
 * `notify` hears of values that are not taken as they were given.
 */
export function resolveSettings<T extends Settings>(
  settings: T,
  from: { flags: WrittenValues; environment: WrittenValues; file: WrittenValues },
  notify: Notify = () => {},
): Resolved<T> {
  const values: Record<string, unknown> = {};
  const sources: Record<string, Source> = {};
  for (const [name, setting] of Object.entries(settings)) {
    const places = [
      ["flag", from.flags.get(name)],
      ["environment", from.environment.get(name)],
      ["file", from.file.get(name)],
    ] as const;
    const [source, written] = places.find(([, found]) => found !== undefined) ?? ["default", undefined];
    sources[name] = source;
    values[name] = written === undefined ? defaultOf(setting) : read(setting, written, notify);
  }
  return { values, sources } as unknown as Resolved<T>;
}

/** Whether `text` is a spelling of true or false; `undefined` where it is neither. */
export function booleanOf(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  if (["true", "t", "1", "yes", "on"].includes(word)) return true;
  if (["false", "f", "0", "no", "off"].includes(word)) return false;
  return undefined;
}

function defaultOf(setting: Setting): unknown {
  if (setting.type === "boolean") return setting.default ?? false;
  if (setting.type === "list") return [];
  return setting.default;
}

function read(setting: Setting, { texts, where }: Written, notify: Notify): unknown {
  if (setting.type === "list") {
    return texts.flatMap((text) => text.split(",").map((item) => item.trim())).filter((item) => item !== "");
  }
  const text = texts.at(-1) ?? "";
  if (setting.type === "boolean") {
    const value = booleanOf(text);
    if (value === undefined) throw wrong(where, setting, text, "true or false");
    return value;
  }
  if (setting.type === "string") {
    if (setting.secret) return text === "" ? undefined : new Secret(text);
    if (setting.choices !== undefined && !setting.choices.includes(text)) {
      throw wrong(where, setting, text, `one of ${setting.choices.join(", ")}`);
    }
    return text === "" ? setting.default : text;
  }
  const value = Number(text);
  const whole = setting.type === "integer";
  const fits = text.trim() !== "" && Number.isFinite(value) && (!whole || Number.isInteger(value));
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = setting;
  if (fits && value > max && setting.isClamped) {
    notify({
      message: "a setting is larger than what is possible: the largest value is taken",
      fields: { setting: where, given: value, taken: max },
    });
    return max;
  }
  if (!fits || value < min || value > max) {
    throw wrong(where, setting, text, `${whole ? "a whole number" : "a number"}${range(setting)}`);
  }
  return value;
}

function range({ min, max }: Setting): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  if (max !== undefined) return ` of at most ${max}`;
  return "";
}

function wrong(where: string, setting: Setting, text: string, wanted: string): Failure {
  const got = setting.secret ? "" : `, not ${JSON.stringify(text)}`;
  return new Failure({ kind: "usage", message: `${where} takes ${wanted}${got}` });
}
