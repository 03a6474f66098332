import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FLAGS } from "../../src/cli/flags/flags.ts";
import { SCIM_FLAGS } from "../../src/cli/scim/command.ts";
import { variableOf } from "../../src/runtime/config/config.ts";
import { CHART, chartValues, withTable } from "./chart.ts";

const read = (name: string) => readFileSync(`${CHART}/${name}`, "utf8");
const templates = readdirSync(`${CHART}/templates`)
  .map((name) => read(`templates/${name}`))
  .join("\n");
/** The variables that the chart sets, by the value that each comes from. */
const variables = [...templates.matchAll(/"(BATON_[A-Z0-9_]+)"/g)].map(([, name]) => name!);
const values = chartValues();

/** Variables that are no flags; the Baton contract knows them. */
const NO_FLAGS = [
  "BATON_C1_API_HOST",
  "BATON_HOST_ID",
  "BATON_GET_TASKS",
  "BATON_KEEP_SYNC_COUNT",
  "BATON_SKIP_CLEANUP",
];

/** Flags that have no value in the chart, and why. */
const NO_VALUE: Readonly<Record<string, RegExp>> = {
  "a pod does single things when its platform or caller asks, not by how it is started":
    /^(grant|revoke|delete|create-account|invoke-action|list-action|event-feed|rotate)-?|^(dry-run|yes|requested-by|encrypt-to|follow|follow-interval)$/,
  "means nothing, or the same as another":
    /^(cache|cache-tti|cache-ttl|parallel-sync|ticketing|keep-previous-sync-c1z|session-store-maximum-size)$/,
  "is refused, whatever it is given":
    /^((bulk-)?(create-)?ticket-?|bulk-create-ticket|get-ticket|list-ticket|(list|invoke)-resource-action|external-resource-)/,
  "makes snapshots of snapshots, which is done where they are looked at":
    /^(compact-|diff-syncs$|(base|applied)-sync-id$)/,
  "is for an hour of looking into something": /^log-level-debug-expires-at$/,
  "a pod reads Okta, not another connector": /^connector(-|$)/,
  "nobody reads what a pod prints at its end": /^(output|plan)$/,
};

describe("the chart's values", () => {
  it("stand for every flag that makes sense in a pod, and for none that does not exist", () => {
    const flags = Object.keys(FLAGS);
    const excused = (name: string) => Object.values(NO_VALUE).some((pattern) => pattern.test(name));
    const missing = flags.filter((name) => !variables.includes(variableOf(name)) && !excused(name));
    expect(missing, "flags without a value: give them one, or a reason").toEqual([]);
    const known = [...[...flags, ...Object.keys(SCIM_FLAGS)].map(variableOf), ...NO_FLAGS];
    expect(variables.filter((name) => !known.includes(name))).toEqual([]);
  });

  it("are named after their flags", () => {
    for (const { path, description } of values) {
      const [, flag] = description.match(/^`--([a-z0-9-]+)`/) ?? [];
      if (flag === undefined || path === "serve.port") continue;
      const [group, name] = path.split(".") as [string, string];
      const kebab = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      const forms = [kebab, `${group}-${kebab}`, `${group}-check-${kebab}`, `${group}-check`].map(String);
      expect(forms, `${path} and --${flag}`).toContain(flag);
    }
  });

  it("are used by the templates, and the templates use no other", () => {
    const text = templates.replaceAll("$v.", ".Values.").replaceAll("$.Values.", ".Values.");
    const used = new Set([...text.matchAll(/\.Values\.([A-Za-z0-9.]+[A-Za-z])/g)].map(([, path]) => path!));
    const paths = values.map(({ path }) => path);
    const groups = paths.flatMap((path) => path.split(".").map((_, at, all) => all.slice(0, at + 1).join(".")));
    expect([...used].filter((path) => !groups.includes(path))).toEqual([]);
    const words = new Set(templates.match(/[A-Za-z0-9]+/g));
    expect(paths.filter((path) => !words.has(path.split(".").at(-1)!))).toEqual([]);
  });

  it("have a strict schema with the same defaults in range, and the same words", () => {
    const schema = JSON.parse(read("values.schema.json"));
    const at = (path: string) => path.split(".").reduce((one, key) => one.properties[key], schema);
    for (const { path, description } of values) expect([path, at(path).description]).toEqual([path, description]);
    const open: string[] = [];
    const walk = (one: { properties?: Record<string, never>; additionalProperties?: boolean }, path: string): void => {
      if (one.properties === undefined) return;
      if (one.additionalProperties !== false) open.push(path);
      for (const [key, below] of Object.entries(one.properties)) walk(below, `${path}.${key}`);
    };
    walk(schema, "");
    expect(open).toEqual([]);
  });

  it("are in the README as they are", () => {
    expect(read("README.md"), "npm run charts writes the table").toBe(withTable(read("README.md")));
  });

  it("belong to the version of the program", () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(read("Chart.yaml")).toContain(`appVersion: ${version}\n`);
  });
});
