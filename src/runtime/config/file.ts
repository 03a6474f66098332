import { existsSync, readFileSync } from "node:fs";
import { Failure } from "../failure.ts";
import { configFiles } from "../system/folders.ts";
import type { Notify, Settings, WrittenValues } from "./config.ts";

/** The configuration file that is read: the one that `BATON_CONFIG_PATH` names, else the first that is there. */
export function configFileOf(env: NodeJS.ProcessEnv): string | undefined {
  return env.BATON_CONFIG_PATH || configFiles().find((file) => existsSync(file));
}

/**
 * The values that the configuration file gives: the one that `BATON_CONFIG_PATH` names, which has to exist, else
 * the first of {@link configFiles} that is there. Throws a `Failure` of kind `usage` for what cannot be read;
 * `notify` hears of what is no setting.
 */
export async function fromFile(
  settings: Settings,
  env: NodeJS.ProcessEnv,
  notify: Notify = () => {},
): Promise<WrittenValues> {
  const named = env.BATON_CONFIG_PATH || undefined;
  const path = configFileOf(env);
  if (path === undefined) return new Map();
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new Failure({
      kind: "usage",
      message: `the configuration file ${path} cannot be read (${code === "ENOENT" ? "there is none" : code})`,
      advice: named === undefined ? "check its permissions" : "set BATON_CONFIG_PATH to a YAML file, or unset it",
      cause,
    });
  }
  // Loaded where there is a file: most runs have none.
  const { readYaml } = await import("./yaml.ts");
  return readYaml(settings, path, text, notify);
}
