import { durationMs } from "@bufbuild/protobuf/wkt";
import { ActionService } from "../../../gen/c1/connector/v2/action_pb.ts";
import { GrantManagerService } from "../../../gen/c1/connector/v2/grant_pb.ts";
import {
  AccountManagerService,
  type CreateAccountRequest,
  CredentialManagerService,
  ResourceDeleterService,
  type ResourceId,
  ResourceManagerService,
} from "../../../gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../../runtime/failure.ts";
import type { Call, Connector, JsonObject } from "../../connector.ts";
import { cannotRotate } from "../../provision/credentials.ts";
import type { Provisioner } from "../../provision/provisioner.ts";
import {
  accountResponse,
  actionStatusResponse,
  deleteResponse,
  grantResponse,
  invokeResponse,
  revokeResponse,
} from "../messages.ts";
import { type Served, serve } from "./service.ts";
import { entitlementIn, idIn, invalid, optionalId, optionalResourceId, resourceIdIn, resourceIn } from "./validate.ts";

/** The longest that an action may be waited for, in milliseconds. Source: the Baton contract. */
const MAX_WAIT_MS = 24 * 3_600_000;

/** What the services that change something work with. */
export interface ChangingDeps {
  readonly connector: Connector;
  readonly provisioner: Provisioner;
  /** Whether anything may be changed at all. */
  readonly provisioning: boolean;
}

/** The services that change something: grants, resources, accounts, credentials, actions. */
export function changingServices({ connector, provisioner, provisioning }: ChangingDeps): Served[] {
  const supports = new Map(connector.types.map((support) => [support.type.id, support]));

  /** Refuses what would change something where nothing may be changed. */
  function allowed(): void {
    if (provisioning) return;
    throw new Failure({
      kind: "failedPrecondition",
      message: "provisioning is not enabled",
      advice: "start the server with --provisioning to let it change access",
    });
  }

  function able(type: string, ability: "grant" | "revoke" | "remove", word: string): void {
    if (supports.get(type)?.[ability] === undefined) throw cannot(`resources of type ${type} cannot be ${word}`);
  }

  async function remove(
    request: { resourceId?: ResourceId | undefined; parentResourceId?: ResourceId | undefined },
    call: Call,
  ) {
    const resource = resourceIdIn("resource_id", request.resourceId);
    optionalResourceId("parent_resource_id", request.parentResourceId);
    able(resource.type, "remove", "deleted");
    allowed();
    return deleteResponse(await provisioner.remove(resource, call));
  }

  return [
    serve(GrantManagerService, {
      async grant(request, call) {
        const { slug, ...resource } = entitlementIn("entitlement", request.entitlement);
        const principal = resourceIn("principal", request.principal);
        able(resource.type, "grant", "granted");
        allowed();
        return grantResponse(await provisioner.grant({ resource, slug }, principal, call));
      },
      async revoke(request, call) {
        if (request.grant === undefined) throw invalid("grant", "is missing");
        const { entitlement, principal: holder, id } = request.grant;
        idIn("grant.id", id);
        const { slug, ...resource } = entitlementIn("grant.entitlement", entitlement);
        const principal = resourceIn("grant.principal", holder);
        able(resource.type, "revoke", "revoked");
        allowed();
        return revokeResponse(await provisioner.revoke({ resource, slug, principal }, call));
      },
    }),
    serve(ResourceManagerService, {
      createResource: () => {
        throw cannot("resources cannot be created");
      },
      deleteResource: remove,
    }),
    serve(ResourceDeleterService, { deleteResourceV2: remove }),
    serve(AccountManagerService, {
      async createAccount(request, call) {
        checkAccount(request);
        const { accounts } = connector;
        const type = request.resourceTypeId;
        if (accounts === undefined || (type !== "" && type !== accounts.resourceType)) {
          throw cannot(`accounts of type ${JSON.stringify(type)} cannot be created`);
        }
        if (request.accountInfo === undefined) throw invalid("account_info", "is missing");
        if (request.credentialOptions?.options.case === undefined) throw invalid("credential_options", "is missing");
        allowed();
        return accountResponse(await provisioner.createAccount(request, call));
      },
    }),
    serve(CredentialManagerService, {
      async rotateCredential(request, call) {
        const resource = resourceIdIn("resource_id", request.resourceId);
        if (connector.credentials?.resourceType !== resource.type) throw cannotRotate(connector, resource.type);
        checkPassword(request);
        if (request.credentialOptions?.options.case === undefined) throw invalid("credential_options", "is missing");
        allowed();
        const { encrypted } = await provisioner.rotateCredential(resource, request, call);
        return { encryptedData: [...encrypted], resourceId: request.resourceId! };
      },
      issueCredential: () => {
        throw cannot("credentials cannot be issued");
      },
    }),
    serve(ActionService, {
      listActionSchemas: ({ resourceTypeId }) => {
        optionalId("resource_type_id", resourceTypeId);
        return { schemas: [...provisioner.actions.schemas(resourceTypeId)] };
      },
      getActionSchema: ({ name }) => ({ schema: provisioner.actions.schema(idIn("name", name)) }),
      async invokeAction(request, call) {
        const name = idIn("name", request.name);
        optionalId("resource_type_id", request.resourceTypeId);
        const waitMs = request.inlineWait === undefined ? 0 : durationMs(request.inlineWait);
        if (!(waitMs >= 0 && waitMs <= MAX_WAIT_MS)) throw invalid("inline_wait", "is not between 0 and 24 hours");
        checkAction(connector, name, request.resourceTypeId);
        allowed();
        const { args = {}, resourceTypeId: resourceType } = request;
        return invokeResponse(
          await provisioner.actions.invoke({ name, args: args as JsonObject, resourceType, waitMs }, call),
        );
      },
      getActionStatus: ({ id }) => actionStatusResponse(provisioner.actions.status(idIn("id", id))),
    }),
  ];
}

/** What there is not is reported before what may not be done. */
function checkAction({ actions = [] }: Connector, name: string, type: string): void {
  if (actions.some(({ schema }) => schema.name === name && schema.resourceTypeId === type)) return;
  const scope = type === "" ? "that is global" : `of the resource type ${JSON.stringify(type)}`;
  throw new Failure({ kind: "notFound", message: `there is no action ${JSON.stringify(name)} ${scope}` });
}

/** The bounds that the contract sets; what the fields mean is the provisioner's. */
function checkAccount(request: CreateAccountRequest): void {
  optionalId("resource_type_id", request.resourceTypeId);
  checkPassword(request);
}

function checkPassword({
  credentialOptions,
  encryptionConfigs,
}: Pick<CreateAccountRequest, "credentialOptions" | "encryptionConfigs">): void {
  const options = credentialOptions?.options;
  if (options?.case === "randomPassword" && (options.value.length < 8n || options.value.length > 64n)) {
    throw invalid("credential_options.random_password.length", `is ${options.value.length}; 8 to 64 is possible`);
  }
  encryptionConfigs.forEach(({ config }, at) => {
    if (config.case !== "ageRecipientConfig") return;
    const field = `encryption_configs[${at}].age_recipient_config.recipient`;
    const length = Buffer.byteLength(config.value.recipient);
    if (length < 1 || length > 4096) throw invalid(field, "is not between 1 and 4,096 bytes");
  });
}

function cannot(message: string): Failure {
  return new Failure({ kind: "unimplemented", message });
}
