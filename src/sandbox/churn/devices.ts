import {
  addDeviceUser,
  canChangeDevice,
  changeDevice,
  type DeviceTransition,
  deleteDevice,
  deviceUsersOf,
  enrollDevice,
  removeDeviceUser,
} from "../org/devices.ts";
import type { Org } from "../org/org.ts";
import type { Random } from "../org/random.ts";
import { createToken, revokeToken, updateToken } from "../org/tokens.ts";
import type { JsonObject } from "../org/types.ts";
import { deviceRecord } from "../seed/devices.ts";
import { type ChangeKind, pickEntry, pickUser, userPath } from "./change.ts";

const devicePath = (device: JsonObject) => `devices/${device.id}`;
const tokenPath = (token: JsonObject) => `api-tokens/${token.id}`;

function enroll(org: Org, random: Random): string[] | undefined {
  const user = pickUser(org, random, "ACTIVE");
  if (user === undefined) return undefined;
  const now = org.now();
  const device = { ...deviceRecord(random, org.devices.length), status: "ACTIVE", created: now, lastUpdated: now };
  enrollDevice(org, device, user);
  return [devicePath(device), userPath(user)];
}

function transition(to: DeviceTransition): ChangeKind["apply"] {
  return (org, random) => {
    const device = pickEntry(random, org.devices, (one) => canChangeDevice(one, to));
    if (device === undefined) return undefined;
    changeDevice(org, device, to);
    return [devicePath(device)];
  };
}

function remove(org: Org, random: Random): string[] | undefined {
  const device = pickEntry(random, org.devices, ({ status }) => status === "DEACTIVATED");
  if (device === undefined) return undefined;
  deleteDevice(org, device);
  return [devicePath(device)];
}

function changeUser(org: Org, random: Random): string[] | undefined {
  const device = pickEntry(random, org.devices);
  const user = pickUser(org, random, "ACTIVE");
  if (device === undefined || user === undefined) return undefined;
  const held = deviceUsersOf(org, device).some(({ userId }) => userId === user.record.id);
  if (held) removeDeviceUser(org, device, user);
  else addDeviceUser(org, device, user);
  return [devicePath(device), userPath(user)];
}

function makeToken(org: Org, random: Random): string[] | undefined {
  const user = pickUser(org, random, "ACTIVE");
  if (user === undefined) return undefined;
  return [tokenPath(createToken(org, `Token ${random.below(1_000_000)}`, user.record.id)), userPath(user)];
}

function restrictToken(org: Org, random: Random): string[] | undefined {
  const token = pickEntry(random, org.apiTokens);
  if (token === undefined) return undefined;
  updateToken(org, token, { network: { connection: random.pick(["ANYWHERE", "ZONE"]) } });
  return [tokenPath(token)];
}

function dropToken(org: Org, random: Random): string[] | undefined {
  const token = org.apiTokens.length < 3 ? undefined : pickEntry(random, org.apiTokens);
  if (token === undefined) return undefined;
  revokeToken(org, token);
  return [tokenPath(token)];
}

/** Random changes of devices and API tokens. */
export const DEVICE_AND_TOKEN_CHANGES: readonly ChangeKind[] = [
  { kind: "device.enroll", weight: 2, apply: enroll },
  { kind: "device.activate", weight: 1, apply: transition("activate") },
  { kind: "device.deactivate", weight: 1, apply: transition("deactivate") },
  { kind: "device.suspend", weight: 1, apply: transition("suspend") },
  { kind: "device.unsuspend", weight: 1, apply: transition("unsuspend") },
  { kind: "device.delete", weight: 1, apply: remove },
  { kind: "device.changeUser", weight: 1, apply: changeUser },
  { kind: "token.create", weight: 2, apply: makeToken },
  { kind: "token.update", weight: 1, apply: restrictToken },
  { kind: "token.revoke", weight: 1, apply: dropToken },
];
