import { readFileSync } from "node:fs";
import type { Settings, WrittenValues } from "./config.ts";
import { Failure } from "./failure.ts";

/** The file that is read where it exists and nothing else is named. */
export const DEFAULT_CONFIG_FILE = ".baton.yaml";

/**
 * The values that the configuration file gives: the one that `BATON_CONFIG_PATH` names, which has to exist, else
 * `./.baton.yaml` where there is one. Throws a `Failure` of kind `usage` for what cannot be read or is no setting.
 */
export async function fromFile(settings: Settings, env: NodeJS.ProcessEnv): Promise<WrittenValues> {
  const named = env.BATON_CONFIG_PATH || undefined;
  const path = named ?? DEFAULT_CONFIG_FILE;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ENOENT" && named === undefined) return new Map();
    throw new Failure({
      kind: "usage",
      message: `the configuration file ${path} cannot be read (${code === "ENOENT" ? "there is none" : code})`,
      advice: named === undefined ? "check its permissions" : "set BATON_CONFIG_PATH to a YAML file, or unset it",
      cause,
    });
  }
  // Loaded where there is a file: most runs have none.
  const { readYaml } = await import("./config-yaml.ts");
  return readYaml(settings, path, text);
}
