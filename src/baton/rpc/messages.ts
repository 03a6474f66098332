import { create, type JsonObject, type MessageInitShape } from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";
import {
  type GetActionStatusResponse,
  GetActionStatusResponseSchema,
  type InvokeActionResponse,
  InvokeActionResponseSchema,
} from "../../gen/c1/connector/v2/action_pb.ts";
import { ExternalLinkSchema } from "../../gen/c1/connector/v2/annotation_external_link_pb.ts";
import { GrantAlreadyExistsSchema, GrantAlreadyRevokedSchema } from "../../gen/c1/connector/v2/annotation_grant_pb.ts";
import { ResourceDoesNotExistSchema } from "../../gen/c1/connector/v2/annotation_resource_pb.ts";
import { type ConnectorMetadata, ConnectorMetadataSchema } from "../../gen/c1/connector/v2/connector_pb.ts";
import type { ListEventsResponseSchema } from "../../gen/c1/connector/v2/event_feed_pb.ts";
import type {
  GrantManagerServiceGrantResponseSchema,
  GrantManagerServiceRevokeResponseSchema,
} from "../../gen/c1/connector/v2/grant_pb.ts";
import type { CreateAccountResponseSchema } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { Change, Connector, EventPage, Removal } from "../connector.ts";
import { pack } from "../model/annotations.ts";
import { capabilitiesOf } from "../model/capabilities.ts";
import { wireGrant } from "../model/encode.ts";
import type { AccountResult } from "../provision/accounts.ts";
import type { ActionRun } from "../provision/actions/run.ts";

/*
 * What a connector answers, as the messages of the contract. gRPC and service mode answer with the same ones.
 */

/** Who a connector is and what it can do, as `GetMetadata` and service mode's `Hello` say it. */
export function connectorMetadata(connector: Connector): ConnectorMetadata {
  const { displayName, description, externalUrl } = connector.metadata;
  return create(ConnectorMetadataSchema, {
    displayName,
    description,
    annotations: externalUrl === undefined ? [] : [pack(ExternalLinkSchema, { url: externalUrl })],
    capabilities: capabilitiesOf(connector),
    ...(connector.accounts === undefined ? {} : { accountCreationSchema: connector.accounts.schema }),
  });
}

/** The answer to a grant: the grants that are there now. */
export function grantResponse({
  grants,
  already,
}: Change): MessageInitShape<typeof GrantManagerServiceGrantResponseSchema> {
  return { grants: grants.map(wireGrant), annotations: already ? [pack(GrantAlreadyExistsSchema, {})] : [] };
}

/** The answer to a revocation. */
export function revokeResponse({ already }: Change): MessageInitShape<typeof GrantManagerServiceRevokeResponseSchema> {
  return { annotations: already ? [pack(GrantAlreadyRevokedSchema, {})] : [] };
}

/** The answer to a deletion, the same in both versions of the method. */
export function deleteResponse({ already }: Removal): { annotations: Any[] } {
  return { annotations: already ? [pack(ResourceDoesNotExistSchema, {})] : [] };
}

/** The answer to the creation of an account. */
export function accountResponse({
  outcome,
  resource,
  encrypted,
}: AccountResult): MessageInitShape<typeof CreateAccountResponseSchema> {
  const value = { resource, isCreateAccountResult: true };
  return {
    result: outcome === "created" ? { case: "success", value } : { case: "alreadyExists", value },
    encryptedData: [...encrypted],
  };
}

/** How an action stands, as the answer to its start. */
export function invokeResponse(run: ActionRun): InvokeActionResponse {
  return create(InvokeActionResponseSchema, runFields(run));
}

/** How an action stands, as the answer to a question about it. */
export function actionStatusResponse(run: ActionRun): GetActionStatusResponse {
  return create(GetActionStatusResponseSchema, runFields(run));
}

function runFields({ id, name, status, response }: ActionRun) {
  return { id, name, status, ...(response === undefined ? {} : { response: response as JsonObject }) };
}

/** A page of events. */
export function eventsResponse({
  events,
  cursor,
  hasMore,
}: EventPage): MessageInitShape<typeof ListEventsResponseSchema> {
  return { events: [...events], cursor, hasMore };
}
