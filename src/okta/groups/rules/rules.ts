import { create } from "@bufbuild/protobuf";
import type { ResourceTypeSupport } from "../../../baton/connector.ts";
import { text, timestamp } from "../../../baton/model/values.ts";
import { type Resource, ResourceSchema, Status_ResourceStatus } from "../../../gen/c1/connector/v2/resource_pb.ts";
import type { OktaGroupRule } from "../../api/json/objects.ts";
import { nextCursors } from "../../api/paths.ts";
import { identified } from "../../resource/readable.ts";
import { pageOrRefusal, readOne, readPage } from "../../resource/reading.ts";
import type { Source } from "../../resource/source.ts";
import { groupRuleType } from "../../resource/types.ts";

/** Source: Okta Management API, List all group rules. */
const RULES = "/api/v1/groups/rules";

const REFUSED = {
  what: "group rules",
  why: "reading them takes an admin role that may view groups and, with OAuth, the scope okta.groups.read",
};

const STATES: Readonly<Record<string, "ENABLED" | "DISABLED">> = {
  ACTIVE: "ENABLED",
  INACTIVE: "DISABLED",
  INVALID: "DISABLED",
};

/** Group rules: which put whom into which groups. Who is in a group because of one Okta does not say. */
export function groupRules(source: Source): ResourceTypeSupport {
  return {
    type: groupRuleType,
    list: (cursor, call) =>
      pageOrRefusal(
        async () => {
          const page = await readPage<OktaGroupRule>(source, cursor, `${RULES}?limit=200`, call);
          const found = identified(page.items, REFUSED.what);
          const items = found.items.map((rule) => ({ resource: ruleResource(rule), grants: [] }));
          return { ...found, items, next: nextCursors(page.next) };
        },
        REFUSED,
        true,
      ),
    async get(id, call) {
      const rule = await readOne<OktaGroupRule>(source, RULES, id, call);
      return rule && { resource: ruleResource({ ...rule, id }), grants: [] };
    },
  };
}

function ruleResource(rule: OktaGroupRule & { readonly id: string }): Resource {
  const status = text(rule.status);
  const createdAt = timestamp(rule.created);
  const { value, type } = rule.conditions?.expression ?? {};
  const groups = texts(rule.actions?.assignUserToGroups?.groupIds);
  return create(ResourceSchema, {
    id: { resourceType: groupRuleType.id, resource: rule.id },
    displayName: text(rule.name),
    profile: {
      status,
      expression: text(value),
      expression_type: text(type),
      // A rule that says of no group what it does is not one that fills none.
      ...(groups !== undefined && { group_ids: groups }),
      excluded_user_ids: texts(rule.conditions?.people?.users?.exclude) ?? [],
    },
    status: { status: Status_ResourceStatus[STATES[status] ?? "UNSPECIFIED"], details: status },
    ...(createdAt && { createdAt }),
  });
}

function texts(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.map(text).filter((one) => one !== "") : undefined;
}
