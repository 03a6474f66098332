import { create } from "@bufbuild/protobuf";
import {
  Capability,
  type CapabilityPermissions,
  CapabilityPermissionsSchema,
  type ConnectorCapabilities,
  ConnectorCapabilitiesSchema,
  OptInRequiredSchema,
  type ResourceTypeCapability,
  ResourceTypeCapabilitySchema,
} from "../../gen/c1/connector/v2/connector_pb.ts";
import type { Connector, ResourceTypeSupport } from "../connector.ts";
import { find, has } from "./annotations.ts";

/**
 * What a connector can do, derived from what its parts have: nothing is declared twice. Resource types stand in the
 * order of their ids, as platforms are used to.
 */
export function capabilitiesOf(connector: Connector): ConnectorCapabilities {
  const types = connector.types.map((support) => typeCapability(support, connector));
  types.sort((a, b) => (a.resourceType!.id < b.resourceType!.id ? -1 : 1));
  const some = (capability: Capability) => types.some(({ capabilities }) => capabilities.includes(capability));
  const connectorCapabilities = [
    ...[
      Capability.PROVISION,
      Capability.SYNC,
      Capability.ACCOUNT_PROVISIONING,
      Capability.CREDENTIAL_ROTATION,
      Capability.RESOURCE_DELETE,
    ].filter(some),
    ...(connector.actions?.length ? [Capability.ACTIONS] : []),
    ...(some(Capability.TARGETED_SYNC) ? [Capability.TARGETED_SYNC] : []),
    ...(connector.events ? [Capability.EVENT_FEED_V2] : []),
    // Which resources a task names is up to the platform: the syncer reads any that can be read singly.
    ...(some(Capability.TARGETED_SYNC) ? [Capability.SERVICE_MODE_TARGETED_SYNC] : []),
  ];
  const { accounts, credentials } = connector;
  const credentialDetails = {
    ...(accounts && { capabilityAccountProvisioning: accounts.credentials }),
    ...(credentials && { capabilityCredentialRotation: credentials.credentials }),
  };
  return create(ConnectorCapabilitiesSchema, {
    resourceTypeCapabilities: types,
    connectorCapabilities,
    ...(accounts || credentials ? { credentialDetails } : {}),
  });
}

function typeCapability(support: ResourceTypeSupport, { accounts, credentials }: Connector): ResourceTypeCapability {
  const { type } = support;
  const permissions: CapabilityPermissions | undefined = find(type.annotations, CapabilityPermissionsSchema);
  return create(ResourceTypeCapabilitySchema, {
    resourceType: type,
    capabilities: [
      Capability.SYNC,
      ...(support.get ? [Capability.TARGETED_SYNC] : []),
      ...(support.grant || support.revoke ? [Capability.PROVISION] : []),
      ...(accounts?.resourceType === type.id ? [Capability.ACCOUNT_PROVISIONING] : []),
      ...(credentials?.resourceType === type.id ? [Capability.CREDENTIAL_ROTATION] : []),
      ...(support.remove ? [Capability.RESOURCE_DELETE] : []),
    ],
    ...(permissions ? { permissions } : {}),
    optInRequired: has(type.annotations, OptInRequiredSchema),
  });
}
