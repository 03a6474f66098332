import { readFileSync } from "node:fs";

/** Put in its place by the build; absent when the program runs from its sources. */
declare const BATON_OKTA_VERSION: string;

/** The program's version, as package.json states it. */
export const version: string =
  typeof BATON_OKTA_VERSION === "string"
    ? BATON_OKTA_VERSION
    : JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;
