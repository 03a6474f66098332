import { readFileSync } from "node:fs";
import { create, fromJson } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { capabilitiesOf } from "../../../src/baton/model/capabilities.ts";
import { comparableJson } from "../../../src/baton/model/json.ts";
import { registry } from "../../../src/baton/model/registry.ts";
import { offlineConnector } from "../../../src/cli/offline.ts";
import { ConnectorCapabilitiesSchema, ConnectorMetadataSchema } from "../../../src/gen/c1/connector/v2/connector_pb.ts";

const golden = fromJson(
  ConnectorMetadataSchema,
  JSON.parse(readFileSync("test/golden/metadata.json", "utf8")).metadata,
  { registry },
);

describe("what the connector can do", () => {
  it("is what platforms know of it", () => {
    const connector = offlineConnector();
    expect(comparableJson(ConnectorCapabilitiesSchema, capabilitiesOf(connector))).toEqual(
      comparableJson(ConnectorCapabilitiesSchema, golden.capabilities!),
    );
  });

  it("follows from its parts", () => {
    const connector = { ...offlineConnector() };
    const { accounts: _, events: __, ...less } = { ...connector, actions: [], types: connector.types.slice(-1) };
    const { connectorCapabilities, credentialDetails } = capabilitiesOf(less);
    expect(
      comparableJson(ConnectorCapabilitiesSchema, create(ConnectorCapabilitiesSchema, { connectorCapabilities })),
    ).toEqual({
      connector_capabilities: ["CAPABILITY_SYNC"],
    });
    expect(credentialDetails).toBeUndefined();
  });
});
