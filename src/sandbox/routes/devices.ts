import type { ApiRequest, ApiResponse, Route } from "../http/route.ts";
import { changeDevice, type DeviceTransition, deleteDevice, deviceUsersOf } from "../org/devices.ts";
import { notFound } from "../org/errors.ts";
import type { Org } from "../org/org.ts";
import type { JsonObject } from "../org/types.ts";
import { answerItems, noContent, seesNothing } from "./context.ts";
import { userObject } from "./render.ts";
import { compile, lookupIn } from "./search.ts";

const DEVICE = "/api/v1/devices/{deviceId}";
const TRANSITIONS: readonly DeviceTransition[] = ["activate", "deactivate", "suspend", "unsuspend"];

/** Devices, who uses them, and what can be done to them. */
export function deviceRoutes(org: Org): Route[] {
  const scope = "okta.devices.read";
  const manage = "okta.devices.manage";
  return [
    { method: "GET", pattern: "/api/v1/devices", scope, handle: (request) => listDevices(org, request) },
    {
      method: "GET",
      pattern: DEVICE,
      scope,
      handle: (request) => ({ status: 200, body: deviceObject(deviceOf(org, request), request.origin) }),
    },
    {
      method: "GET",
      pattern: `${DEVICE}/users`,
      scope,
      handle: (request) => {
        const users = deviceUsersOf(org, deviceOf(org, request)).flatMap(({ userId, ...row }) => {
          const user = org.user(userId);
          if (user === undefined) return [];
          const parts = { credentials: true, credentialsLinks: true };
          return [{ ...row, user: userObject(user, request.origin, parts) }];
        });
        return { status: 200, body: users };
      },
    },
    {
      method: "DELETE",
      pattern: DEVICE,
      scope: manage,
      handle: (request) => {
        deleteDevice(org, deviceOf(org, request));
        return noContent;
      },
    },
    ...TRANSITIONS.map((transition) => ({
      method: "POST",
      pattern: `${DEVICE}/lifecycle/${transition}`,
      scope: manage,
      handle: (request: ApiRequest) => {
        changeDevice(org, deviceOf(org, request), transition);
        return noContent;
      },
    })),
  ];
}

function listDevices(org: Org, request: ApiRequest): ApiResponse {
  const search = request.query.get("search");
  const test = search ? compile(search, { operators: searchable, caseSensitive: false }) : () => true;
  const found = seesNothing(request) ? [] : org.devices.filter((device) => test(lookupIn(device)));
  const devices = found.map((device) => deviceObject(device, request.origin));
  return answerItems(org, request, `devices ${search ?? ""}`, { default: 200, max: 200, beyond: "refuse" }, devices);
}

function deviceOf(org: Org, { params }: ApiRequest): JsonObject {
  const device = org.devices.find((candidate) => candidate.id === params.deviceId);
  if (device === undefined) throw notFound(params.deviceId ?? "", "Device");
  return device;
}

function deviceObject(device: JsonObject, origin: string): JsonObject {
  const href = `${origin}/api/v1/devices/${device.id}`;
  const change = device.status === "ACTIVE" ? "deactivate" : "activate";
  const links = { self: { href }, users: { href: `${href}/users` }, [change]: { href: `${href}/lifecycle/${change}` } };
  return { ...device, _links: links };
}

function searchable(attribute: string): readonly string[] | undefined {
  if (attribute === "lastUpdated") return ["eq", "gt", "ge", "lt", "le", "pr"];
  if (attribute === "id" || attribute === "status") return ["eq", "sw", "pr"];
  return attribute.startsWith("profile.") ? ["eq", "sw", "co", "pr"] : undefined;
}
