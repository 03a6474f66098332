// Renders the chart's modes into charts/rendered/ and writes the table of values into the chart's README. Needs helm: on
// the PATH, or named by HELM.
import { readFileSync, writeFileSync } from "node:fs";
import { digestOf, helm, MODES, RENDERED, renderMode, withTable } from "./chart.ts";

const binary = helm();
if (binary === undefined) {
  process.stderr.write("helm is not there: put it on the PATH, or name it by HELM=/path/to/helm\n");
  process.exit(1);
}
for (const mode of MODES) writeFileSync(`${RENDERED}/${mode}.yaml`, renderMode(binary, mode));
writeFileSync(`${RENDERED}/chart.sha256`, `${digestOf()}\n`);

const readme = "charts/baton-okta/README.md";
writeFileSync(readme, withTable(readFileSync(readme, "utf8")));
process.stdout.write(`${RENDERED}: ${MODES.map((mode) => `${mode}.yaml`).join(", ")}\n`);
