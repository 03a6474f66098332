import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isMap, isScalar, LineCounter, parseDocument } from "yaml";

export const CHART = "charts/baton-okta";
export const RENDERED = "charts/rendered";

/** What is rendered and committed: each is `ci/<name>-values.yaml` of the chart. */
export const MODES = ["service", "serve", "cronjob", "watch", "scim", "leases", "everything"] as const;
export type Mode = (typeof MODES)[number];

/** The version of Kubernetes that is rendered for. A helm built from source would take a much older one. */
const KUBE = ["--kube-version", "1.34.0"];

/** The path of helm, where it is there. `HELM` names one that is not on the PATH. */
export function helm(): string | undefined {
  const binary = process.env.HELM || "helm";
  return spawnSync(binary, ["version", "--short"]).status === 0 ? binary : undefined;
}

/** What helm answers, or throws what it complains or warns of. */
export function runHelm(binary: string, args: readonly string[], input?: string): string {
  const ran = spawnSync(binary, [...args, ...KUBE], { encoding: "utf8", input });
  if (ran.status !== 0 || ran.stderr !== "") throw new Error(ran.stderr);
  return ran.stdout;
}

/** The manifests of the chart with these values (YAML), or its defaults. Throws what helm complains of. */
export function template(binary: string, valueFiles: readonly string[], values = "{}"): string {
  const files = valueFiles.flatMap((file) => ["-f", file]);
  return runHelm(binary, ["template", "baton-okta", CHART, ...files, "-f", "-"], values);
}

/** The values that a mode is rendered with. */
export const valuesOf = (mode: Mode): string => `${CHART}/ci/${mode}-values.yaml`;

/** The manifests of one mode, as they are committed. */
export function renderMode(binary: string, mode: Mode): string {
  const head = `# Made from charts/baton-okta with ci/${mode}-values.yaml by \`npm run charts\`; see docs/kubernetes.md.\n`;
  return head + template(binary, [valuesOf(mode)]);
}

/** What the committed manifests depend on, and they themselves: in one digest, so that neither changes without the other. */
export function digestOf(): string {
  const hash = createHash("sha256");
  for (const file of [...filesOf(CHART), ...filesOf(RENDERED)]) {
    // Alerts and the dashboard are in none of the committed manifests.
    if (/\.(md|sha256)$|\/observability\//.test(file)) continue;
    hash.update(`${file}\0`).update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

/** All files below a folder, in the order of their names; links are not followed. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .flatMap((path) => (lstatSync(path).isDirectory() ? filesOf(path) : [path]));
}

/** A value of the chart: its path, its default as it is written, and what values.yaml says of it. */
export interface Value {
  readonly path: string;
  readonly written: string;
  readonly description: string;
}

/** The values of the chart, in the order of values.yaml: each has a comment that begins with `--`. */
export function chartValues(text = readFileSync(`${CHART}/values.yaml`, "utf8")): Value[] {
  const lines = text.split("\n");
  const counter = new LineCounter();
  const values: Value[] = [];
  const walk = (node: unknown, above: readonly string[]): void => {
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      if (!isScalar(key) || key.range == null) continue;
      const path = [...above, String(key.value)];
      const comment = lines[counter.linePos(key.range[0]).line - 2]?.match(/^\s*# -- (.*)$/)?.[1];
      if (comment === undefined) walk(value, path);
      else values.push({ path: path.join("."), written: JSON.stringify(value), description: comment });
    }
  };
  walk(parseDocument(text, { lineCounter: counter }).contents, []);
  return values;
}

const BEGIN = "<!-- values: made by npm run charts -->";
const END = "<!-- end of values -->";

/** The README with its table of values made anew. */
export function withTable(readme: string): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const rows = chartValues().map(
    ({ path, written, description }) => `| \`${path}\` | \`${cell(written)}\` | ${cell(description)} |`,
  );
  const table = ["| Value | Default | What it does |", "|---|---|---|", ...rows].join("\n");
  const [head, rest] = readme.split(BEGIN);
  const tail = rest?.split(END)[1];
  if (head === undefined || tail === undefined) throw new Error(`the README has no ${BEGIN} ... ${END}`);
  return `${head}${BEGIN}\n${table}\n${END}${tail}`;
}
