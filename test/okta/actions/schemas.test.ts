import { expect, test } from "vitest";
import { comparableJson } from "../../../src/baton/model/json.ts";
import { BatonActionSchemaSchema } from "../../../src/gen/c1/connector/v2/action_pb.ts";
import { changedOrg, golden } from "../users/accounts/org.ts";

interface Field {
  description?: string;
}

interface Schema extends Field {
  arguments: Field[];
  return_types: Field[];
}

const sorted = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema), (_key, value) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

test("the schemas are those of the contract, in its order, and everything has a description", async () => {
  const { connector } = await changedOrg();
  const schemas = connector.actions!.map(({ schema }) => {
    const json = comparableJson(BatonActionSchemaSchema, schema) as unknown as Schema;
    for (const one of [json, ...json.arguments, ...json.return_types]) {
      expect(one.description).toBeTruthy();
      delete one.description;
    }
    return json;
  });
  expect(JSON.stringify(sorted(schemas))).toBe(JSON.stringify(sorted(golden("action-schemas.json").schemas)));
});
