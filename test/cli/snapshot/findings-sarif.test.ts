import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { goldenPath } from "../../baton/model/golden.ts";
import { runHere } from "../in-process.ts";

const FILE = goldenPath("reference.c1z");
const folder = mkdtempSync(join(tmpdir(), "sarif-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The schema that OASIS published, and a validator, as a package brings them. */
const matchers = createRequire(import.meta.url).resolve("@microsoft/jest-sarif");
const bundled = createRequire(matchers);
const schema = JSON.parse(readFileSync(join(dirname(matchers), "schemas/sarif-2.1.0-rtm.5.json"), "utf8"));
const ajv = new (bundled("ajv"))({ schemaId: "auto", allErrors: true, logger: false, unknownFormats: "ignore" });
ajv.addMetaSchema(bundled("ajv/lib/refs/json-schema-draft-04.json"));
const validate = ajv.compile(schema);

const sarif = async (...words: string[]) =>
  JSON.parse((await runHere(["snapshot", "findings", FILE, "-o", "sarif", ...words])).stdout);

describe("findings as SARIF", () => {
  it("hold against the published schema, suppressed ones too", async () => {
    const plain = await sarif();
    validate(plain);
    expect(validate.errors).toBeNull();
    const [{ results }] = plain.runs;
    expect(results.length).toBeGreaterThan(50);
    const { ruleId: rule, locations } = results[0];
    const subject = locations[0].logicalLocations[0].fullyQualifiedName;
    const file = join(folder, "accepted.json");
    writeFileSync(file, JSON.stringify([{ rule, subject, reason: "known", expires: "2099-01-01" }]));
    const suppressed = await sarif("--suppressions", file);
    validate(suppressed);
    expect(validate.errors).toBeNull();
    const marked = suppressed.runs[0].results.filter((one: { suppressions?: unknown }) => one.suppressions);
    expect(marked.length).toBeGreaterThan(0);
    expect(suppressed.runs[0].results).toHaveLength(results.length);
  });

  it("are refused by the same check where they do not", async () => {
    const document = await sarif();
    delete document.runs[0].tool.driver.name;
    expect(validate(document)).toBe(false);
  });

  it("say what is not known as notifications of the run", async () => {
    const [{ invocations }] = (await sarif()).runs;
    const texts = invocations[0].toolExecutionNotifications.map(
      (one: { message: { text: string } }) => one.message.text,
    );
    expect(texts.filter((text: string) => text.startsWith("not known: ")).length).toBeGreaterThan(6);
  });
});
