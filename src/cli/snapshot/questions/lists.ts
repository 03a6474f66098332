import { namesOf } from "../../../baton/access/names.ts";
import { Status_ResourceStatus as Status } from "../../../gen/c1/connector/v2/resource_pb.ts";
import type { Question } from "../question.ts";
import type { Row } from "../rows.ts";

const STATUSES = new Map<number, string>([
  [Status.ENABLED, "enabled"],
  [Status.DISABLED, "disabled"],
  [Status.DELETED, "deleted"],
]);

/** `snapshot resource-types FILE`: the types in a snapshot, with how many there are of each. */
export const resourceTypes: Question = {
  takes: [],
  answer({ content }) {
    const counts = content.counts();
    function* rows(): Generator<Row> {
      for (const { id, message } of content.resourceTypes()) {
        yield {
          resource_type: id,
          display_name: message.displayName,
          resources: counts.resources_by_resource_type[id] ?? 0,
          entitlements: counts.entitlements_by_resource_type[id] ?? 0,
          grants: counts.grants_by_resource_type[id] ?? 0,
        };
      }
    }
    return {
      columns: ["resource_type", "display_name", "resources", "entitlements", "grants"].map((name) => ({ name })),
      rows: rows(),
      one: "resource type",
      none: "The snapshot holds no resource types.",
    };
  },
};

/** `snapshot resources FILE [-t TYPE]`: the resources in a snapshot. */
export const resources: Question = {
  takes: [],
  answer({ content, flags }) {
    const type = flags.type;
    function* rows(): Generator<Row> {
      for (const { message } of content.resources(type, "id")) {
        const { name, login, email } = namesOf(message);
        yield {
          resource_type: message.id?.resourceType ?? "",
          resource: message.id?.resource ?? "",
          name,
          login,
          email,
          status: STATUSES.get(message.status?.status ?? Status.UNSPECIFIED) ?? "",
          status_details: message.status?.details ?? "",
          profile: message.profile ?? {},
        };
      }
    }
    return {
      columns: [
        { name: "resource_type" },
        { name: "resource" },
        { name: "name" },
        { name: "login" },
        { name: "email", wide: true },
        { name: "status" },
      ],
      rows: rows(),
      one: "resource",
      none: "The snapshot holds no such resources.",
    };
  },
};

/** `snapshot entitlements FILE [-t TYPE] [--resource TYPE:ID]`: what can be held. */
export const entitlements: Question = {
  takes: [],
  answer({ content, flags }) {
    const type = flags.type;
    const [of, ...rest] = flags.resource?.split(":") ?? [];
    const key = of === undefined ? undefined : { type: of, id: rest.join(":") };
    function* rows(): Generator<Row> {
      for (const { id, message } of content.entitlements(key, "id")) {
        const resource = message.resource?.id;
        if (type !== undefined && resource?.resourceType !== type) continue;
        yield {
          entitlement: id,
          resource_type: resource?.resourceType ?? "",
          resource: resource?.resource ?? "",
          resource_name: message.resource?.displayName ?? "",
          name: message.displayName,
          slug: message.slug,
          description: message.description,
          grantable_to: message.grantableTo.map((one) => one.id),
        };
      }
    }
    return {
      columns: [
        { name: "entitlement" },
        { name: "resource_type", wide: true },
        { name: "resource", wide: true },
        { name: "resource_name" },
        { name: "name" },
        { name: "slug", wide: true },
        { name: "grantable_to", wide: true },
      ],
      rows: rows(),
      one: "entitlement",
      none: "The snapshot holds no such entitlements.",
    };
  },
};

/** `snapshot syncs FILE`: the syncs in a file, oldest first. */
export const syncs: Question = {
  takes: [],
  answer({ reader }) {
    const current = reader.current()?.syncId;
    function* rows(): Generator<Row> {
      for (const { syncId, type, startedAt, endedAt, parentSyncId, stats } of reader.syncs()) {
        yield {
          sync: syncId,
          type,
          started_at: startedAt,
          ended_at: endedAt ?? null,
          parent: parentSyncId,
          current: syncId === current,
          resources: stats?.resources ?? null,
          entitlements: stats?.entitlements ?? null,
          grants: stats?.grants ?? null,
        };
      }
    }
    return {
      columns: [
        { name: "sync" },
        { name: "type" },
        { name: "started_at", shown: ({ started_at }) => String(started_at).slice(0, 19) },
        {
          name: "ended_at",
          shown: ({ ended_at }) => (ended_at === null ? "not finished" : String(ended_at).slice(0, 19)),
        },
        { name: "current", wide: true },
        { name: "resources" },
        { name: "entitlements" },
        { name: "grants" },
      ],
      rows: rows(),
      one: "sync",
      none: "The file holds no sync.",
    };
  },
};
