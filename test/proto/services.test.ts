import type { DescMessage } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { registry } from "../../src/baton/model/registry.ts";

/** The services of the contract with their methods: `>` before a stream of answers, `<` before a stream of requests. */
const SERVICES: Record<string, string> = {
  "c1.connector.v2.ConnectorService": "GetMetadata Validate Cleanup",
  "c1.connector.v2.ResourceTypesService": "ListResourceTypes",
  "c1.connector.v2.ResourcesService": "ListResources",
  "c1.connector.v2.ResourceGetterService": "GetResource",
  "c1.connector.v2.EntitlementsService": "ListEntitlements ListStaticEntitlements",
  "c1.connector.v2.GrantsService": "ListGrants",
  "c1.connector.v2.GrantManagerService": "Grant Revoke",
  "c1.connector.v2.ResourceManagerService": "CreateResource DeleteResource",
  "c1.connector.v2.ResourceDeleterService": "DeleteResourceV2",
  "c1.connector.v2.AccountManagerService": "CreateAccount",
  "c1.connector.v2.CredentialManagerService": "RotateCredential IssueCredential",
  "c1.connector.v2.ActionService": "InvokeAction GetActionStatus GetActionSchema ListActionSchemas",
  "c1.connector.v2.EventService": "ListEvents ListEventFeeds",
  "c1.connector.v2.AssetService": ">GetAsset",
  "c1.connector.v2.TicketsService":
    "CreateTicket GetTicket ListTicketSchemas GetTicketSchema BulkCreateTickets BulkGetTickets",
  "c1.ratelimit.v1.RateLimiterService": "Do Report",
  "c1.connectorapi.baton.v1.BatonService": "Hello GetTask GetTasks Heartbeat FinishTask <UploadAsset StartDebugging",
};

test.each(Object.entries(SERVICES))("%s has its methods", (name, methods) => {
  const service = registry.getService(name);
  const marks = { unary: "", server_streaming: ">", client_streaming: "<", bidi_streaming: "<>" };
  expect(service?.methods.map((method) => marks[method.methodKind] + method.name).join(" ")).toBe(methods);
});

function numbers(typeName: string): Record<string, number> {
  const message = registry.getMessage(typeName) as DescMessage;
  return Object.fromEntries(message.fields.map(({ name, number }) => [name, number]));
}

/** Messages whose numbers no golden file shows; each was compared with the public SDK's. */
const FIELDS: Record<string, Record<string, number>> = {
  "c1.connectorapi.baton.v1.Task": {
    id: 1,
    status: 2,
    none: 100,
    hello: 101,
    sync_full: 102,
    grant: 103,
    revoke: 104,
    create_account: 105,
    create_resource: 106,
    delete_resource: 107,
    rotate_credentials: 108,
    event_feed: 109,
    create_ticket_task: 110,
    list_ticket_schemas: 111,
    get_ticket: 112,
    bulk_create_tickets: 113,
    bulk_get_tickets: 114,
    action_list_schemas: 115,
    action_get_schema: 116,
    action_invoke: 117,
    action_status: 118,
    create_sync_diff: 119,
    compact_syncs: 120,
    list_event_feeds: 121,
    list_events: 122,
    issue_credential: 123,
    debug: 3,
  },
  "c1.connectorapi.baton.v1.BatonServiceFinishTaskRequest": {
    host_id: 1,
    task_id: 2,
    status: 3,
    error: 100,
    success: 101,
  },
  "c1.connectorapi.baton.v1.BatonServiceUploadAssetRequest": { metadata: 100, data: 101, eof: 102 },
  "c1.ratelimit.v1.RateLimitDescription": { status: 1, limit: 2, remaining: 3, count: 5, reset_at: 4 },
  "c1.connector.v2.Event": {
    id: 1,
    occurred_at: 2,
    usage_event: 100,
    grant_event: 101,
    revoke_event: 102,
    resource_change_event: 103,
    create_grant_event: 104,
    create_revoke_event: 105,
    annotations: 3,
  },
  "c1.connector.v2.CreateAccountResponse": {
    success: 100,
    action_required: 101,
    already_exists: 102,
    in_progress: 103,
    encrypted_data: 2,
    annotations: 3,
  },
  "c1.connector.v2.EncryptedData": {
    provider: 1,
    key_id: 2,
    name: 3,
    description: 4,
    schema: 5,
    encrypted_bytes: 6,
    key_ids: 7,
  },
  "google.rpc.Status": { code: 1, message: 2, details: 3 },
  "google.rpc.ErrorInfo": { reason: 1, domain: 2, metadata: 3 },
  "google.rpc.RetryInfo": { retry_delay: 1 },
  "google.rpc.BadRequest": { field_violations: 1 },
};

test.each(Object.entries(FIELDS))("%s has its fields", (name, fields) => {
  expect(numbers(name)).toEqual(fields);
});

test("every message, enum and service of the contract says what it is", async () => {
  const { readdirSync, readFileSync } = await import("node:fs");
  const folder = new URL("../../proto/", import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".proto"));
  const silent = files.flatMap((name) => {
    const lines = readFileSync(new URL(name, folder), "utf8").split("\n");
    return lines
      .filter((line, at) => /^\s*(message|enum|service) /.test(line) && !lines[at - 1]?.trim().startsWith("//"))
      .map((line) => `${name}: ${line.trim()}`);
  });
  expect(silent).toEqual([]);
});
