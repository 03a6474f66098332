import type { create } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { afterEach, describe, expect, it } from "vitest";
import { registry } from "../../../../src/baton/model/registry.ts";
import {
  BatonActionStatus,
  GetActionSchemaResponseSchema,
  GetActionStatusResponseSchema,
  InvokeActionResponseSchema,
  ListActionSchemasResponseSchema,
} from "../../../../src/gen/c1/connector/v2/action_pb.ts";
import {
  ListEventFeedsResponseSchema,
  ListEventsResponseSchema,
} from "../../../../src/gen/c1/connector/v2/event_feed_pb.ts";
import { GrantManagerServiceGrantResponseSchema } from "../../../../src/gen/c1/connector/v2/grant_pb.ts";
import { CreateAccountResponseSchema } from "../../../../src/gen/c1/connector/v2/resource_pb.ts";
import type { BatonServiceFinishTaskRequest } from "../../../../src/gen/c1/connectorapi/baton/v1/baton_pb.ts";
import { busyConnector } from "../connector.ts";
import { closeRigs, type Rig, startRig } from "../rig.ts";

afterEach(closeRigs);

type Given = Parameters<Rig["platform"]["give"]>[0];

const group = { id: { resourceType: "group", resource: "00g1" } };
const user = { id: { resourceType: "user", resource: "00u1" } };
const entitlement = { id: "group:00g1:member", slug: "member", resource: group };

const GRANT: Given = { case: "grant", value: { entitlement, principal: user } as never };
const REVOKE: Given = {
  case: "revoke",
  value: { grant: { id: "group:00g1:member:user:00u1", entitlement, principal: user } } as never,
};
const ACCOUNT: Given = {
  case: "createAccount",
  value: {
    accountInfo: { profile: { email: "new@corp.example", first_name: "N", last_name: "W" } },
    credentialOptions: { options: { case: "noPassword", value: {} } },
  } as never,
};
const DELETE: Given = { case: "deleteResource", value: { resourceId: group.id } as never };
const invoke = (name: string): Given => ({ case: "actionInvoke", value: { name, args: {} } as never });

/** Hands out one task, and answers how it ended. */
async function ended(rig: Rig, task: Given): Promise<BatonServiceFinishTaskRequest> {
  return await rig.platform.end(rig.platform.give(task));
}

function response<T extends Parameters<typeof anyUnpack>[1]>(end: BatonServiceFinishTaskRequest, schema: T) {
  if (end.finalState.case !== "success") throw new Error(`the task failed: ${end.status?.message}`);
  const found = anyUnpack(end.finalState.value.response!, schema as never);
  if (found === undefined) throw new Error(`the response is a ${end.finalState.value.response!.typeUrl}`);
  return found as never as ReturnType<typeof create<T>>;
}

function failure(end: BatonServiceFinishTaskRequest) {
  if (end.finalState.case !== "error") throw new Error("the task did not fail");
  return { code: end.status?.code, nonRetryable: end.finalState.value.nonRetryable };
}

describe("tasks that change something", () => {
  it("are done, and answered with what the connector's own call answers", async () => {
    const { connector, done } = busyConnector();
    const rig = await startRig({ connector });
    const granted = await ended(rig, GRANT);
    expect(granted.hostId).toBe("host-1");
    expect(granted.status).toBeUndefined();
    const grants = response(granted, GrantManagerServiceGrantResponseSchema).grants;
    expect(grants.map(({ id }) => id)).toEqual(["group:00g1:member:user:00u1"]);

    const revoked = await ended(rig, REVOKE);
    expect(revoked.finalState.case).toBe("success");
    if (revoked.finalState.case === "success") {
      const names = revoked.finalState.value.annotations.map(({ typeUrl }) => typeUrl);
      expect(names).toEqual(["type.googleapis.com/c1.connector.v2.GrantAlreadyRevoked"]);
    }
    const account = response(await ended(rig, ACCOUNT), CreateAccountResponseSchema);
    expect(account.result.case).toBe("success");
    expect((await ended(rig, DELETE)).finalState.case).toBe("success");
    expect(done).toEqual([
      "grant group:00g1:member to user:00u1",
      "revoke group:00g1:member from user:00u1",
      "create account new@corp.example",
      "delete group:00g1",
    ]);
  });

  it("are not repeated where they fail", async () => {
    const { connector, done } = busyConnector();
    const rig = await startRig({ connector });
    const builtIn: Given = {
      case: "deleteResource",
      value: { resourceId: { resourceType: "group", resource: "00gbuiltin" } } as never,
    };
    const end = await ended(rig, builtIn);
    expect(failure(end)).toEqual({ code: 9, nonRetryable: true });
    expect(end.status?.message).toContain("a built-in group cannot be deleted");
    expect(done).toEqual([]);
  });

  it.each([
    ["grant without a principal", { case: "grant", value: { entitlement } }],
    ["grant without an entitlement", { case: "grant", value: { principal: user } }],
    ["revoke without a grant", { case: "revoke", value: {} }],
    ["create_account without an account", { case: "createAccount", value: {} }],
    ["delete_resource of nothing", { case: "deleteResource", value: {} }],
    ["delete_resource of half an id", { case: "deleteResource", value: { resourceId: { resourceType: "group" } } }],
    ["rotate_credentials of nothing", { case: "rotateCredentials", value: {} }],
    ["action_invoke without a name", { case: "actionInvoke", value: {} }],
    ["action_status without an id", { case: "actionStatus", value: {} }],
  ])("that are malformed end INVALID_ARGUMENT, not to be repeated: %s", async (_, task) => {
    const { connector, done } = busyConnector();
    const rig = await startRig({ connector });
    expect(failure(await ended(rig, task as never))).toEqual({ code: 3, nonRetryable: true });
    expect(done).toEqual([]);
  });

  it("with an id that is none end INVALID_ARGUMENT", async () => {
    const { connector, done } = busyConnector();
    const rig = await startRig({ connector });
    const id = rig.platform.give(GRANT, { id: "../../etc/passwd" });
    expect(failure(await rig.platform.end(id))).toEqual({ code: 3, nonRetryable: true });
    expect(done).toEqual([]);
  });

  it.each([
    ["grant", GRANT],
    ["revoke", REVOKE],
    ["create_account", ACCOUNT],
    ["delete_resource", DELETE],
    ["action_invoke", invoke("quick")],
  ])("need leave: %s without --provisioning ends FAILED_PRECONDITION", async (_, task) => {
    const { connector, done } = busyConnector();
    const rig = await startRig({ connector, provisioning: false });
    expect(failure(await ended(rig, task))).toEqual({ code: 9, nonRetryable: true });
    expect(done).toEqual([]);
  });
});

describe("tasks that the connector cannot do", () => {
  const cannot: [string, Given][] = [
    ["create_resource", { case: "createResource", value: { resource: user } as never }],
    ["rotate_credentials", { case: "rotateCredentials", value: { resourceId: user.id } as never }],
    ["issue_credential", { case: "issueCredential", value: { identityId: user.id } as never }],
    ["a ticket", { case: "getTicket", value: { ticketId: "1" } as never }],
    ["create_ticket_task", { case: "createTicketTask", value: {} as never }],
    ["list_ticket_schemas", { case: "listTicketSchemas", value: {} as never }],
    ["bulk_create_tickets", { case: "bulkCreateTickets", value: {} as never }],
    ["bulk_get_tickets", { case: "bulkGetTickets", value: {} as never }],
    ["event_feed", { case: "eventFeed", value: {} as never }],
    ["create_sync_diff", { case: "createSyncDiff", value: {} as never }],
    ["compact_syncs", { case: "compactSyncs", value: {} as never }],
    [
      "a grant on users",
      {
        case: "grant",
        value: { entitlement: { id: "user:00u1:x", slug: "x", resource: user }, principal: user } as never,
      },
    ],
    ["a kind that is not known", { case: undefined }],
  ];
  it.each(cannot)("end UNIMPLEMENTED, not to be repeated: %s", async (_, task) => {
    const rig = await startRig({ connector: busyConnector().connector });
    expect(failure(await ended(rig, task))).toEqual({ code: 12, nonRetryable: true });
  });
});

describe("actions", () => {
  it("are listed, described, invoked and asked about", async () => {
    const rig = await startRig({ connector: busyConnector().connector });
    const listed = await ended(rig, { case: "actionListSchemas", value: {} as never });
    expect(response(listed, ListActionSchemasResponseSchema).schemas.map(({ name }) => name)).toEqual([
      "quick",
      "failing",
      "slow",
    ]);
    const one = await ended(rig, { case: "actionGetSchema", value: { name: "slow" } as never });
    expect(response(one, GetActionSchemaResponseSchema).schema?.name).toBe("slow");
    const quick = response(await ended(rig, invoke("quick")), InvokeActionResponseSchema);
    expect(quick).toMatchObject({ status: BatonActionStatus.COMPLETE, response: { success: true } });

    const slow = response(await ended(rig, invoke("slow")), InvokeActionResponseSchema);
    expect(slow.status).toBe(BatonActionStatus.RUNNING);
    const status = await ended(rig, { case: "actionStatus", value: { name: "slow", id: slow.id } as never });
    expect(response(status, GetActionStatusResponseSchema).id).toBe(slow.id);
  });

  it("that fail are failed tasks, with the action's words, and may be repeated", async () => {
    const rig = await startRig({ connector: busyConnector().connector });
    const end = await ended(rig, invoke("failing"));
    expect(failure(end)).toEqual({ code: 5, nonRetryable: false });
    expect(end.status?.message).toBe("there is no such user");
    if (end.finalState.case !== "error") throw new Error("not failed");
    expect(anyUnpack(end.finalState.value.response!, registry)).toMatchObject({ status: BatonActionStatus.FAILED });
    expect(failure(await ended(rig, invoke("unknown")))).toEqual({ code: 5, nonRetryable: false });
  });
});

describe("events", () => {
  it("are listed by feed and cursor", async () => {
    const rig = await startRig({ connector: busyConnector().connector });
    const feeds = response(
      await ended(rig, { case: "listEventFeeds", value: {} as never }),
      ListEventFeedsResponseSchema,
    );
    expect(feeds.list.map(({ id }) => id)).toEqual(["feed"]);
    const task: Given = { case: "listEvents", value: { cursor: "here", eventFeedId: "feed" } as never };
    const page = response(await ended(rig, task), ListEventsResponseSchema);
    expect(page.events.map(({ id }) => id)).toEqual(["after here"]);
    expect(page.cursor).toBe("next");
  });

  it("of an unknown feed end the task, too", async () => {
    const rig = await startRig({ connector: busyConnector().connector });
    const task: Given = { case: "listEvents", value: { eventFeedId: "other" } as never };
    expect(failure(await ended(rig, task))).toEqual({ code: 5, nonRetryable: false });
  });
});

describe("hello", () => {
  it("is said at the start with all that a platform wants to know", async () => {
    const rig = await startRig({ connector: busyConnector().connector });
    await rig.platform.until(() => rig.platform.hellos.length > 0);
    const [hello] = rig.platform.hellos;
    expect(hello).toMatchObject({
      hostId: "host-1",
      taskId: "",
      buildInfo: { package: "baton-test", packageVersion: "1.2.3", langVersion: `node ${process.version}` },
      connectorMetadata: { displayName: "Org" },
    });
    const { $typeName: _, ...texts } = hello!.osInfo!;
    expect(Object.keys(texts)).toHaveLength(8);
    for (const text of Object.values(texts)) expect(text).not.toBe("");
  });

  it("is said again when a task asks for it, and ends that task by itself", async () => {
    const rig = await startRig({ connector: busyConnector().connector });
    const id = rig.platform.give({ case: "hello", value: {} as never });
    await rig.platform.until(() => rig.platform.hellos.length > 1);
    expect(rig.platform.hellos[1]?.taskId).toBe(id);
    await rig.stop();
    expect(rig.platform.count("FinishTask")).toBe(0);
  });
});

describe("the task loop", () => {
  it.each([false, true])(
    "runs no more tasks than it may, and asks for none meanwhile (GetTasks: %s)",
    async (several) => {
      let running = 0;
      let most = 0;
      const releases: (() => void)[] = [];
      const { connector } = busyConnector({
        onGrant: async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise<void>((release) => releases.push(release));
          running -= 1;
        },
      });
      const rig = await startRig({ connector, several, concurrency: 2 });
      const ids = Array.from({ length: 5 }, () => rig.platform.give(GRANT));
      await rig.platform.until(() => running === 2);
      const polls = () => rig.platform.count("GetTask") + rig.platform.count("GetTasks");
      const before = polls();
      // Time passes, heartbeats come in, and nothing is asked for.
      await rig.platform.until(() => rig.platform.heartbeats.length > 4);
      expect(polls()).toBe(before);
      const ends = ids.map((id) => rig.platform.end(id));
      const release = setInterval(() => releases.shift()?.(), 1);
      await Promise.all(ends);
      clearInterval(release);
      expect(most).toBe(2);
      if (several) {
        expect(rig.platform.polls[0]).toMatchObject({ hostId: "host-1", pageSize: 2, knownTaskIds: [] });
        expect(rig.platform.count("GetTask")).toBe(0);
      }
    },
  );

  it("waits as long as the platform says before it asks again, five minutes at most", async () => {
    const { connector } = busyConnector();
    const rig = await startRig({ connector });
    rig.platform.nextPollMs = 90_000;
    await rig.platform.until(() => rig.platform.count("GetTask") > 2);
    rig.platform.nextPollMs = 3_600_000;
    await rig.platform.until(() => rig.platform.count("GetTask") > 5);
    expect(rig.slept).toContain(90_000);
    expect(rig.slept).toContain(300_000);
    expect(rig.slept).not.toContain(3_600_000);
  });

  it("does a task once, however often it is handed out", async () => {
    const { connector, done } = busyConnector();
    const rig = await startRig({ connector });
    rig.platform.keepHandingOut = true;
    const id = rig.platform.give(GRANT);
    rig.platform.plan("FinishTask", { kind: "refuse", code: 14 }, { kind: "refuse", code: 14 });
    await rig.platform.end(id);
    await rig.stop();
    expect(done).toHaveLength(1);
  });
});
