import type { Org } from "../org/org.ts";
import type { Random } from "../org/random.ts";
import type { JsonObject } from "../org/types.ts";

const START = Date.parse("2019-03-04T09:00:00Z");
const END = Date.parse("2025-06-01T00:00:00Z");
const PLATFORMS = ["MACOS", "WINDOWS", "IOS", "ANDROID"];

/** Adds devices to an org: one for eight users, 5,000 at most. */
export function seedDevices(org: Org, random: Random): void {
  const count = Math.min(5000, Math.ceil(org.users.length / 8));
  for (let i = 0; i < count; i++) org.devices.push(deviceRecord(random, i));
}

/** A device; its number decides its platform, its state and what is known of it. */
export function deviceRecord(random: Random, i: number): JsonObject {
  const id = random.id("guo");
  const platform = PLATFORMS[i % PLATFORMS.length]!;
  const displayName = `${platform.toLowerCase()}-${String(i + 1).padStart(4, "0")}`;
  const created = random.time(START, END);
  const more = {
    ...{ manufacturer: "Acme", model: `Model ${i % 7}`, osVersion: `${10 + (i % 6)}.${i % 10}` },
    ...{ serialNumber: `SN${100_000 + i}`, udid: random.id("U"), secureHardwarePresent: i % 3 !== 0 },
  };
  return {
    id,
    status: i % 11 === 10 ? "SUSPENDED" : i % 17 === 16 ? "DEACTIVATED" : "ACTIVE",
    created,
    lastUpdated: random.time(Date.parse(created), END),
    profile: { displayName, platform, registered: true, ...(i % 9 === 8 ? {} : more) },
    resourceType: "UDDevice",
    resourceDisplayName: { value: displayName, sensitive: false },
    resourceId: id,
  };
}
