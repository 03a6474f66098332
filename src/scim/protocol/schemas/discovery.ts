import type { JsonObject } from "../json.ts";
import { CONFIG_URN, RESOURCE_TYPE_URN, SCHEMA_URN } from "../urns.ts";
import { attributeJson, type ResourceKind, type Schema } from "./attribute.ts";
import { GROUP } from "./group.ts";
import { USER } from "./user.ts";

const KINDS: readonly ResourceKind[] = [USER, GROUP];

/** How many resources a page holds at most. */
export const MAX_PAGE = 1_000;

/** What the receiver can do. Source: RFC 7643, section 5. */
export function serviceProviderConfig(base: string): JsonObject {
  return {
    schemas: [CONFIG_URN],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: MAX_PAGE },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: false },
    authenticationSchemes: [
      {
        type: "oauthbearertoken",
        name: "Bearer token",
        description: "A token of the receiver's token file, as Authorization: Bearer TOKEN",
        primary: true,
      },
      {
        type: "httpbasic",
        name: "HTTP Basic",
        description: "A token's name as the user, the token as the password",
        primary: false,
      },
    ],
    meta: { resourceType: "ServiceProviderConfig", location: `${base}/ServiceProviderConfig` },
  };
}

/** The kinds of resources there are. Source: RFC 7643, section 6. */
export function resourceTypes(base: string): JsonObject[] {
  return KINDS.map(({ name, endpoint, schema, extensions }) => ({
    schemas: [RESOURCE_TYPE_URN],
    id: name,
    name,
    description: schema.description,
    endpoint: `/${endpoint}`,
    schema: schema.id,
    schemaExtensions: extensions.map(({ id }) => ({ schema: id, required: false })),
    meta: { resourceType: "ResourceType", location: `${base}/ResourceTypes/${name}` },
  }));
}

/** The schemas of the resources. Source: RFC 7643, section 7. */
export function schemas(base: string): JsonObject[] {
  const all: Schema[] = KINDS.flatMap(({ schema, extensions }) => [schema, ...extensions]);
  return all.map(({ id, name, description, attributes }) => ({
    schemas: [SCHEMA_URN],
    id,
    name,
    description,
    attributes: attributes.map(attributeJson),
    meta: { resourceType: "Schema", location: `${base}/Schemas/${id}` },
  }));
}
