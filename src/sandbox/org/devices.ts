import { ApiError } from "./api-error.ts";
import { deviceParty, userParty } from "./log/parties.ts";
import type { Org } from "./org.ts";
import type { DeviceUser, JsonObject, UserEntry } from "./types.ts";

/** What can be done to a device's state. */
export type DeviceTransition = "activate" | "deactivate" | "suspend" | "unsuspend";

const FROM: Readonly<Record<DeviceTransition, readonly string[]>> = {
  activate: ["CREATED", "DEACTIVATED"],
  deactivate: ["ACTIVE", "SUSPENDED", "CREATED"],
  suspend: ["ACTIVE"],
  unsuspend: ["SUSPENDED"],
};

const TO: Readonly<Record<DeviceTransition, string>> = {
  activate: "ACTIVE",
  deactivate: "DEACTIVATED",
  suspend: "SUSPENDED",
  unsuspend: "ACTIVE",
};

/** Whether a device's state is one that the transition starts from. */
export function canChangeDevice(device: JsonObject, transition: DeviceTransition): boolean {
  return FROM[transition].includes(String(device.status));
}

/** Takes a device through a transition; throws Okta's 400 where its state does not allow that. */
export function changeDevice(org: Org, device: JsonObject, transition: DeviceTransition): void {
  if (!canChangeDevice(device, transition)) {
    throw new ApiError(400, "E0000001", "Api validation failed: device", [
      `device: The device's status does not allow it to ${transition}.`,
    ]);
  }
  Object.assign(device, { status: TO[transition], lastUpdated: org.now() });
  org.log.record(`device.lifecycle.${transition}`, [deviceParty(device)]);
}

/** Adds a device, with its user. */
export function enrollDevice(org: Org, device: JsonObject, user: UserEntry): void {
  org.devices.push(device);
  org.log.record("device.enrollment.create", [deviceParty(device), userParty(user)]);
  addDeviceUser(org, device, user);
}

/** Deletes a device. Okta deletes deactivated ones only. */
export function deleteDevice(org: Org, device: JsonObject): void {
  if (device.status !== "DEACTIVATED") {
    throw new ApiError(400, "E0000001", "Api validation failed: device", ["device: The device is not deactivated."]);
  }
  org.devices.splice(org.devices.indexOf(device), 1);
  org.deviceUsers.delete(String(device.id));
  org.log.record("device.lifecycle.delete", [deviceParty(device)]);
}

/** Who uses a device. */
export function deviceUsersOf(org: Org, device: JsonObject): readonly DeviceUser[] {
  return org.deviceUsers.get(String(device.id)) ?? [];
}

/** Adds a user to a device; nothing where the user is there already. */
export function addDeviceUser(org: Org, device: JsonObject, user: UserEntry): void {
  const users = deviceUsersOf(org, device);
  if (users.some(({ userId }) => userId === user.record.id)) return;
  const row = { userId: user.record.id, created: org.now(), managementStatus: "NOT_MANAGED", screenLockType: "NONE" };
  org.deviceUsers.set(String(device.id), [...users, row]);
  org.log.record("device.user.add", [deviceParty(device), userParty(user)]);
}

/** Takes a user from a device; nothing where the user is not there. */
export function removeDeviceUser(org: Org, device: JsonObject, user: UserEntry): void {
  const users = deviceUsersOf(org, device);
  const left = users.filter(({ userId }) => userId !== user.record.id);
  if (left.length === users.length) return;
  org.deviceUsers.set(String(device.id), left);
  org.log.record("device.user.remove", [deviceParty(device), userParty(user)]);
}
