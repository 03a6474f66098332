import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The path of a file of the golden data. */
export function goldenPath(name: string): string {
  return fileURLToPath(new URL(`../../golden/${name}`, import.meta.url));
}

/** The four maps of an expected snapshot, from external id to message. */
export interface GoldenMaps {
  // biome-ignore lint/suspicious/noExplicitAny: the messages are JSON of any shape
  [map: string]: Record<string, any>;
  // biome-ignore lint/suspicious/noExplicitAny: the messages are JSON of any shape
  resource_types: Record<string, any>;
  // biome-ignore lint/suspicious/noExplicitAny: the messages are JSON of any shape
  resources: Record<string, any>;
  // biome-ignore lint/suspicious/noExplicitAny: the messages are JSON of any shape
  entitlements: Record<string, any>;
  // biome-ignore lint/suspicious/noExplicitAny: the messages are JSON of any shape
  grants: Record<string, any>;
}

/** Reads one of the golden `expected*.json`. */
export function goldenMaps(name: string): GoldenMaps {
  return JSON.parse(readFileSync(goldenPath(name), "utf8"));
}
