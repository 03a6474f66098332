import { readFile } from "node:fs/promises";
import { isMap, isScalar, parseDocument } from "yaml";
import { readYaml } from "../../../runtime/config/yaml.ts";
import { Failure } from "../../../runtime/failure.ts";
import { FLAGS } from "../../flags/flags.ts";
import { swapText } from "./state.ts";

/** The API token that a configuration file holds; `undefined` where it holds none. */
export async function tokenOf(configFile: string): Promise<string | undefined> {
  return settingsOf(configFile, await readFile(configFile, "utf8")).get("api-token");
}

/**
 * Puts another API token into a configuration file, in one step, and changes nothing else in it. Throws a `Failure`
 * where the token is written in a way that cannot be replaced alone, as by an alias; the file is then as it was.
 */
export async function swapToken(configFile: string, token: string): Promise<void> {
  const text = await readFile(configFile, "utf8");
  const changed = withToken(text, token);
  const [before, after] = [settingsOf(configFile, text), settingsOf(configFile, changed ?? text)];
  const wanted = new Map(before).set("api-token", token);
  if (JSON.stringify([...after]) !== JSON.stringify([...wanted])) {
    throw new Failure({
      kind: "failedPrecondition",
      message: `the API token in ${configFile} cannot be replaced alone`,
      advice: "write it there as one plain line, as api-token: 00abcd",
    });
  }
  await swapText(configFile, changed!);
}

/** The new token from the file that holds nothing else. Throws a `Failure` of kind `usage` for all that is none. */
export async function newTokenIn(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((cause) => {
    throw new Failure({
      kind: "usage",
      message: `--new-token-file ${file} cannot be read (${cause.code})`,
      advice: "name a file that holds the new API token, and nothing else",
      cause,
    });
  });
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new Failure({
    kind: "usage",
    message: `--new-token-file ${file} has to hold one API token`,
    advice: "put the new token there, on one line and without quotes",
  });
}

function withToken(text: string, token: string): string | undefined {
  const root = parseDocument(text, { schema: "failsafe" }).contents;
  if (!isMap(root)) return undefined;
  const pair = root.items.find(({ key }) => isScalar(key) && String(key.value).toLowerCase() === "api-token");
  if (!isScalar(pair?.value) || !pair.value.range) return undefined;
  const [start, end] = pair.value.range;
  return `${text.slice(0, start)}${JSON.stringify(token)}${text.slice(end)}`;
}

function settingsOf(path: string, text: string): Map<string, string> {
  return new Map([...readYaml(FLAGS, path, text)].map(([name, { texts }]) => [name, texts.join("\n")]));
}
