import { create } from "@bufbuild/protobuf";
import type { ResourceTypeSupport } from "../../baton/connector.ts";
import { pack } from "../../baton/model/annotations.ts";
import { text, timestamp } from "../../baton/model/values.ts";
import { SecretTrait_CredentialType, SecretTraitSchema } from "../../gen/c1/connector/v2/annotation_trait_pb.ts";
import { type Resource, ResourceSchema } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { OktaApiToken } from "../api/json/objects.ts";
import { nextCursors } from "../api/paths.ts";
import { identified } from "../resource/readable.ts";
import { pageOrRefusal, readOne, readPage } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { apiTokenType, userType } from "../resource/types.ts";

/** Source: Okta Management API, List all API token metadata. The tokens themselves are never shown. */
const API_TOKENS = "/api/v1/api-tokens";

const REFUSED = {
  what: "API tokens",
  why: "reading them takes an admin role that may view API tokens and, with OAuth, the scope okta.apiTokens.read",
};

/** API tokens: nothing but what is known of them. */
export function apiTokens(source: Source): ResourceTypeSupport {
  const reach = source.options.syncReach === true;
  return {
    type: apiTokenType,
    list(cursor, call) {
      return pageOrRefusal(async () => {
        const page = await readPage<OktaApiToken>(source, cursor, API_TOKENS, call);
        const found = identified(page.items, REFUSED.what);
        const items = found.items.map((token) => ({ resource: apiTokenResource(token, reach), grants: [] }));
        return { ...found, items, next: nextCursors(page.next) };
      }, REFUSED);
    },
    async get(id, call) {
      const token = await readOne<OktaApiToken>(source, API_TOKENS, id, call);
      return token && { resource: apiTokenResource(token, reach), grants: [] };
    },
  };
}

/**
 * An API token as a resource. Okta does not say when it was last used, only when it last changed. The contract's
 * snapshots hold that time in the trait's `last_used_at`; it is no last use, and nothing here may call it so.
 * `reach`: with from where it may be used.
 */
export function apiTokenResource(token: OktaApiToken, reach = false): Resource {
  const owner = text(token.userId);
  const user = owner === "" ? undefined : { resourceType: userType.id, resource: owner };
  const expiresAt = timestamp(token.expiresAt);
  const lastUpdated = timestamp(token.lastUpdated);
  const createdAt = timestamp(token.created);
  const connection = text(token.network?.connection);
  return create(ResourceSchema, {
    id: { resourceType: apiTokenType.id, resource: text(token.id) },
    displayName: text(token.name),
    annotations: [
      pack(SecretTraitSchema, {
        ...(user && { createdById: user, identityId: user }),
        ...(expiresAt && { expiresAt }),
        ...(lastUpdated && { lastUsedAt: lastUpdated }),
        credentialType: SecretTrait_CredentialType.STATIC_SECRET,
        credentialDetail: "okta.api_token",
      }),
    ],
    ...(createdAt && { createdAt }),
    ...(reach && connection !== "" && { profile: { network_connection: connection } }),
  });
}
