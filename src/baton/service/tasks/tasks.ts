import { create, type DescMessage, type DescMethodUnary, type MessageInitShape } from "@bufbuild/protobuf";
import { ActionService } from "../../../gen/c1/connector/v2/action_pb.ts";
import { EventService } from "../../../gen/c1/connector/v2/event_feed_pb.ts";
import { GrantManagerService } from "../../../gen/c1/connector/v2/grant_pb.ts";
import {
  AccountManagerService,
  CredentialManagerService,
  type ResourceId,
  ResourceManagerService,
} from "../../../gen/c1/connector/v2/resource_pb.ts";
import type { Task } from "../../../gen/c1/connectorapi/baton/v1/baton_pb.ts";
import { Failure } from "../../../runtime/failure.ts";

/** The name of a kind of task, as `grant`. */
export type TaskKind = NonNullable<Task["taskType"]["case"]>;

type TaskOf<Kind extends TaskKind> = Extract<Task["taskType"], { case: Kind }>["value"];

/** A call of the connector's own services. */
export interface InProcessCall {
  readonly method: DescMethodUnary<DescMessage, DescMessage>;
  readonly request: unknown;
}

/** How a task turns into a call of the connector. */
export interface CallTask {
  /** Whether it changes something, and so needs leave. */
  readonly changes: boolean;
  /** Whether trying again makes no sense once it failed. */
  readonly once: boolean;
  /** Throws a {@link Failure} of kind `invalidArgument` where the task is malformed. */
  call(task: Task): InProcessCall;
}

const CHANGE = { changes: true, once: true };
const READ = { changes: false, once: false };

/** The kinds of task that one call of the connector answers. */
export const CALL_TASKS: Readonly<Partial<Record<TaskKind, CallTask>>> = {
  grant: answeredBy("grant", GrantManagerService.method.grant, CHANGE, ({ entitlement, principal }) => {
    if (entitlement === undefined) throw malformed("entitlement");
    if (principal === undefined) throw malformed("principal");
    return { entitlement, principal };
  }),
  revoke: answeredBy("revoke", GrantManagerService.method.revoke, CHANGE, ({ grant }) => {
    if (grant === undefined) throw malformed("grant");
    return { grant };
  }),
  createAccount: answeredBy("createAccount", AccountManagerService.method.createAccount, CHANGE, (task) => {
    const { accountInfo, credentialOptions, encryptionConfigs, resourceTypeId } = task;
    if (accountInfo === undefined) throw malformed("account_info");
    return { accountInfo, encryptionConfigs, resourceTypeId, ...(credentialOptions ? { credentialOptions } : {}) };
  }),
  createResource: answeredBy("createResource", ResourceManagerService.method.createResource, CHANGE, ({ resource }) => {
    if (resource === undefined) throw malformed("resource");
    return { resource };
  }),
  deleteResource: answeredBy("deleteResource", ResourceManagerService.method.deleteResource, CHANGE, (task) => {
    const { resourceId, parentResourceId } = task;
    if (!namesResource(resourceId)) throw malformed("resource_id");
    return { resourceId, ...(parentResourceId ? { parentResourceId } : {}) };
  }),
  rotateCredentials: answeredBy(
    "rotateCredentials",
    CredentialManagerService.method.rotateCredential,
    CHANGE,
    ({ resourceId, credentialOptions, encryptionConfigs }) => {
      if (resourceId === undefined) throw malformed("resource_id");
      return { resourceId, encryptionConfigs, ...(credentialOptions ? { credentialOptions } : {}) };
    },
  ),
  issueCredential: answeredBy(
    "issueCredential",
    CredentialManagerService.method.issueCredential,
    CHANGE,
    ({ identityId, credentialOptions, encryptionConfigs, expiresAt }, { id }) => {
      if (identityId === undefined) throw malformed("identity_id");
      return {
        identityId,
        encryptionConfigs,
        requestId: id,
        ...(credentialOptions ? { credentialOptions } : {}),
        ...(expiresAt ? { expiresAt } : {}),
      };
    },
  ),
  listEventFeeds: answeredBy("listEventFeeds", EventService.method.listEventFeeds, READ, () => ({})),
  listEvents: answeredBy("listEvents", EventService.method.listEvents, READ, (task) => {
    const { cursor, eventFeedId, pageSize, startAt } = task;
    return { cursor, eventFeedId, pageSize, ...(startAt ? { startAt } : {}) };
  }),
  actionListSchemas: answeredBy(
    "actionListSchemas",
    ActionService.method.listActionSchemas,
    READ,
    ({ annotations, resourceTypeId }) => ({ annotations, resourceTypeId }),
  ),
  actionGetSchema: answeredBy(
    "actionGetSchema",
    ActionService.method.getActionSchema,
    READ,
    ({ name, annotations }) => {
      if (name === "") throw malformed("name");
      return { name, annotations };
    },
  ),
  actionInvoke: answeredBy(
    "actionInvoke",
    ActionService.method.invokeAction,
    { changes: true, once: false },
    ({ name, args, annotations, resourceTypeId }) => {
      if (name === "") throw malformed("name");
      return { name, annotations, resourceTypeId, ...(args ? { args } : {}) };
    },
  ),
  actionStatus: answeredBy("actionStatus", ActionService.method.getActionStatus, READ, ({ name, id, annotations }) => {
    if (id === "") throw malformed("id");
    return { name, id, annotations };
  }),
};

/** Thrown to say that a task lacks something without which nobody could do it: it is the same at the next try. */
export class MalformedTask extends Failure {}

/** What is thrown where a task lacks `field`. */
export function malformed(field: string): MalformedTask {
  return new MalformedTask({ kind: "invalidArgument", message: `the task is malformed: ${field} is missing`, field });
}

/** Whether a resource id names both a type and a resource. */
export function namesResource(id: ResourceId | undefined): id is ResourceId {
  return id !== undefined && id.resource !== "" && id.resourceType !== "";
}

function answeredBy<Kind extends TaskKind, I extends DescMessage, O extends DescMessage>(
  kind: Kind,
  method: DescMethodUnary<I, O>,
  traits: { readonly changes: boolean; readonly once: boolean },
  request: (task: TaskOf<Kind>, whole: Task) => MessageInitShape<I>,
): CallTask {
  return {
    ...traits,
    call(task) {
      if (task.taskType.case !== kind) throw new Error(`a task of kind ${kind} was expected`);
      return {
        method: method as unknown as InProcessCall["method"],
        request: create(method.input, request(task.taskType.value as TaskOf<Kind>, task)),
      };
    },
  };
}

/** The kind of a task in the contract's words, as `sync_full`. */
export function kindName(task: Task): string {
  const kind = task.taskType.case;
  return kind === undefined ? "unknown" : kind.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
