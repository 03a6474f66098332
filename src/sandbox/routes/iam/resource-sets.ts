import type { ApiRequest, Route } from "../../http/route.ts";
import {
  addResource,
  createResourceSet,
  deleteResourceSet,
  removeResource,
  resourcesOf,
  updateResourceSet,
} from "../../org/admins/resource-sets.ts";
import { invalid, notFound } from "../../org/errors.ts";
import type { Org } from "../../org/org.ts";
import type { JsonObject, SetResource } from "../../org/types.ts";
import { bodyOf, noContent, superAdminOnly } from "../context.ts";
import { listBody, resourceSetObject, resourceSetOf } from "./iam.ts";

const SETS = "/api/v1/iam/resource-sets";
const SET = `${SETS}/{resourceSetId}`;

/** Resource sets: what each holds, and changes of them. */
export function resourceSetRoutes(org: Org): Route[] {
  const write = (method: string, pattern: string, handle: Route["handle"]): Route => ({
    method,
    pattern,
    scope: "okta.roles.manage",
    handle: (request) => {
      superAdminOnly(request);
      return handle(request);
    },
  });
  return [
    {
      method: "GET",
      pattern: `${SET}/resources`,
      scope: "okta.roles.read",
      handle: (request) => {
        const set = resourceSetOf(org, request);
        const links = { "resource-set": { href: `${request.origin}${SETS}/${set.id}` } };
        const item = (one: SetResource) => resourceObject(org, one, request.origin);
        return listBody(org, request, "resources", resourcesOf(org, set), item, links);
      },
    },
    write("POST", SETS, (request) => {
      const { label, description, resources } = detailsIn(request);
      if (org.resourceSet(label) !== undefined) {
        throw invalid("label", ["label: An object with this field already exists in the current organization"]);
      }
      const set = createResourceSet(org, label, description, resources.map(pathOf));
      return { status: 200, body: resourceSetObject(set, request.origin) };
    }),
    write("PUT", SET, (request) => {
      const { label, description } = detailsIn(request);
      const set = updateResourceSet(org, resourceSetOf(org, request), { label, description });
      return { status: 200, body: resourceSetObject(set, request.origin) };
    }),
    write("DELETE", SET, (request) => {
      deleteResourceSet(org, resourceSetOf(org, request));
      return noContent;
    }),
    write("PATCH", `${SET}/resources`, (request) => {
      const set = resourceSetOf(org, request);
      const { additions } = bodyOf(request);
      if (!Array.isArray(additions)) throw invalid("additions", ["additions: The field cannot be left blank"]);
      for (const addition of additions) addResource(org, set, pathOf(String(addition)));
      return { status: 200, body: resourceSetObject(set, request.origin) };
    }),
    write("DELETE", `${SET}/resources/{resourceId}`, (request) => {
      const set = resourceSetOf(org, request);
      const id = request.params.resourceId ?? "";
      const resource = resourcesOf(org, set).find((one) => one.id === id);
      if (resource === undefined) throw notFound(id, "ResourceSetResource");
      removeResource(org, set, resource);
      return noContent;
    }),
  ];
}

function detailsIn(request: ApiRequest) {
  const { label, description, resources = [] } = bodyOf(request);
  if (typeof label !== "string" || label.trim() === "") {
    throw invalid("label", ["label: The field cannot be left blank"]);
  }
  if (!Array.isArray(resources)) throw invalid("resources", ["resources: The value must be a list."]);
  return { label, description: String(description ?? ""), resources: resources.map(String) };
}

/** A resource's path in the org, from the address or the resource name (ORN) by which a call names it. */
function pathOf(address: string): string {
  const orn = /^orn:[^:]*:[^:]*:[^:]*:(.+)$/.exec(address);
  if (orn !== null) return orn[1]!.replace(/:contained_resources$/, "/users").replaceAll(":", "/");
  const match = /\/api\/v1\/(.+)$/.exec(address);
  if (match === null) throw invalid("resources", [`resources: Invalid resource: ${address}`]);
  return match[1]!;
}

function resourceObject(org: Org, { path, ...shown }: SetResource, origin: string): JsonObject {
  const [kind, id, part] = path.split("/");
  const service = kind === "apps" ? "idp" : "directory";
  const rest = [kind, id, part === undefined ? undefined : "contained_resources"].filter((one) => one !== undefined);
  const orn = `orn:okta:${service}:${org.settings.id}:${rest.join(":")}`;
  return { ...shown, orn, _links: { self: { href: `${origin}/api/v1/${path}` } } };
}
