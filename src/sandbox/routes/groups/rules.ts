import type { ApiRequest, ApiResponse, Route } from "../../http/route.ts";
import { ApiError } from "../../org/api-error.ts";
import { invalid, notFound } from "../../org/errors.ts";
import {
  activateRule,
  createRule,
  deactivateRule,
  deleteRule,
  type RuleDetails,
  replaceRule,
} from "../../org/groups/rules.ts";
import type { Org } from "../../org/org.ts";
import type { GroupRule, JsonObject } from "../../org/types.ts";
import { answerItems, bodyOf, flag, noContent, objectIn, seesNothing } from "../context.ts";

const RULES = "/api/v1/groups/rules";
const RULE = `${RULES}/{ruleId}`;

/** Group rules: who is put into which group without anybody's doing. */
export function groupRuleRoutes(org: Org): Route[] {
  const read = (pattern: string, handle: Route["handle"]): Route => ({
    ...{ method: "GET", pattern, scope: "okta.groups.read", handle },
  });
  const write = (method: string, pattern: string, handle: Route["handle"]): Route => ({
    ...{ method, pattern, scope: "okta.groups.manage", handle },
  });
  return [
    read(RULES, (request) => list(org, request)),
    read(RULE, (request) => ({ status: 200, body: ruleOf(org, request).record })),
    write("POST", RULES, (request) => ({ status: 200, body: createRule(org, detailsIn(request)).record })),
    write("PUT", RULE, (request) => {
      const rule = ruleOf(org, request);
      if (rule.record.status === "ACTIVE") throw isActive();
      replaceRule(org, rule, detailsIn(request));
      return { status: 200, body: rule.record };
    }),
    write("DELETE", RULE, (request) => {
      const rule = ruleOf(org, request);
      if (rule.record.status === "ACTIVE") throw isActive();
      deleteRule(org, rule, flag(request, "removeUsers", false));
      return { status: 202 };
    }),
    write("POST", `${RULE}/lifecycle/activate`, (request) => {
      activateRule(org, ruleOf(org, request));
      return noContent;
    }),
    write("POST", `${RULE}/lifecycle/deactivate`, (request) => {
      deactivateRule(org, ruleOf(org, request));
      return noContent;
    }),
  ];
}

function list(org: Org, request: ApiRequest): ApiResponse {
  const search = request.query.get("search")?.toLowerCase() ?? "";
  const rules = seesNothing(request) ? [] : org.groupRules.map(({ record }) => record);
  const found = rules.filter(({ name }) => name.toLowerCase().includes(search));
  return answerItems(org, request, `groups/rules ${search}`, { default: 50, max: 200, beyond: "clamp" }, found);
}

function ruleOf(org: Org, request: ApiRequest): GroupRule {
  const id = request.params.ruleId ?? "";
  const rule = org.groupRules.find(({ record }) => record.id === id);
  if (rule === undefined) throw notFound(id, "GroupMembershipRule");
  return rule;
}

function isActive(): ApiError {
  return new ApiError(400, "E0000001", "Api validation failed: rule", [
    "rule: An active rule cannot be changed or deleted. Deactivate it first.",
  ]);
}

function detailsIn(request: ApiRequest): RuleDetails {
  const body = bodyOf(request);
  const { name } = body;
  if (typeof name !== "string" || name.trim() === "" || name.length > 50) {
    throw invalid("name", ["name: The field must have 1 to 50 characters."]);
  }
  const conditions = objectIn(body, "conditions") ?? {};
  const { value } = objectIn(conditions, "expression") ?? {};
  if (typeof value !== "string") throw invalid("expression", ["expression: The field cannot be left blank"]);
  const people = objectIn(conditions, "people") ?? {};
  const assign = objectIn(objectIn(body, "actions") ?? {}, "assignUserToGroups") ?? {};
  const groupIds = texts(assign, "groupIds");
  if (groupIds.length === 0) throw invalid("groupIds", ["groupIds: The field cannot be left blank"]);
  return { name, expression: value, excluded: texts(objectIn(people, "users") ?? {}, "exclude"), groupIds };
}

function texts(object: JsonObject, key: string): string[] {
  const value = object[key] ?? [];
  if (!Array.isArray(value)) throw invalid(key, [`${key}: The value must be a list.`]);
  return value.map(String);
}
