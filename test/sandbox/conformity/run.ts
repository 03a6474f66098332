/**
 * Holds the sandbox's answers against Okta's OpenAPI description of the Management API, which is not part of this
 * repository: OKTA_OPENAPI=management.yaml node test/sandbox/conformity/run.ts [org.json]
 */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { orgFromJson } from "../../../src/sandbox/org/json.ts";
import { startSandbox } from "../../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../../src/sandbox/seed/seed.ts";
import { walk } from "./calls.ts";
import { type Part, Schemas } from "./schema.ts";

/** Names that endpoints give differently from the description do not matter: only the place of a placeholder does. */
function bare(pattern: string): string {
  return pattern.replaceAll(/\{[^}]*\}/g, "{}");
}

const path = process.env.OKTA_OPENAPI;
if (path === undefined) {
  process.stderr.write("OKTA_OPENAPI must name Okta's OpenAPI description of the Management API (YAML)\n");
  process.exit(2);
}
const description = parse(readFileSync(path, "utf8"), { maxAliasCount: -1 }) as Part;
const schemas = new Schemas(description);
const operations = new Map<string, Part>();
for (const [pattern, methods] of Object.entries(description.paths as Part)) {
  for (const [method, operation] of Object.entries(methods as Part)) {
    operations.set(`${method.toUpperCase()} ${bare(pattern)}`, operation as Part);
  }
}
const file = process.argv[2];
const org =
  file === undefined
    ? seedOrg({ users: 300, groups: 40, apps: 12, seed: 1 })
    : orgFromJson(JSON.parse(readFileSync(file, "utf8")));
const sandbox = await startSandbox({ org, limits: "off" });
const checked = new Map<string, number>();
const wrong = new Map<string, number>();

function complain(call: string, error: string): void {
  const name = `${call}  ${error.replaceAll(/\[\d+\]/g, "[]").slice(0, 240)}`;
  wrong.set(name, (wrong.get(name) ?? 0) + 1);
}

await walk(sandbox, org, ({ method, pattern, status, body }) => {
  const call = `${method} ${pattern} ${status}`;
  checked.set(call, (checked.get(call) ?? 0) + 1);
  const operation = operations.get(`${method} ${bare(pattern)}`);
  if (operation === undefined) {
    complain(call, "is not in the description");
    return;
  }
  const responses = operation.responses as Part;
  const response = schemas.resolve(responses[String(status)]);
  if (response === undefined) {
    complain(call, `described are ${Object.keys(responses).join(", ")}`);
    return;
  }
  const content = (response.content as Part | undefined)?.["application/json"] as Part | undefined;
  if (content?.schema === undefined) {
    // Lifecycle operations are described without a body; Okta answers them with an empty object.
    if (body !== undefined && JSON.stringify(body) !== "{}") complain(call, "has a body where none is described");
    return;
  }
  for (const error of schemas.errors(content.schema, body)) {
    complain(call, error);
  }
});
await sandbox.close();

for (const [call, count] of [...checked].sort()) process.stdout.write(`${String(count).padStart(6)}  ${call}\n`);
for (const [name, count] of [...wrong].sort()) process.stdout.write(`WRONG ${String(count).padStart(4)}x  ${name}\n`);
process.exitCode = wrong.size === 0 ? 0 : 1;
