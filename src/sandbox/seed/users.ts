import type { Org } from "../org/org.ts";
import type { Random } from "../org/random.ts";
import { type JsonObject, USER_STATUSES } from "../org/types.ts";
import { addressPart, DEPARTMENTS, FIRST_NAMES, LAST_NAMES, TITLES } from "./names.ts";

const START = Date.parse("2019-03-04T09:00:00Z");
const END = Date.parse("2025-06-01T00:00:00Z");
const CUSTOM_ATTRIBUTES = [
  "employeeId",
  "employee_number",
  "costCenters",
  "isContractor",
  "level",
  "startDate",
  "badge",
];

/** Fills an org with users. One in twelve is not active; every status and every kind of odd profile turns up early. */
export function seedUsers(org: Org, random: Random, count: number): void {
  for (const attribute of CUSTOM_ATTRIBUTES) org.profileAttributes.add(attribute);
  const type = { id: random.id("oty") };
  const taken = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const first = random.pick(FIRST_NAMES);
    const last = random.pick(LAST_NAMES);
    const name = `${addressPart(first)}.${addressPart(last)}`;
    const twin = (taken.get(name) ?? 0) + 1;
    taken.set(name, twin);
    const contractor = i % 16 === 9;
    const login = `${name}${twin === 1 ? "" : twin}@${contractor ? "contractor.example" : "acme.example"}`;
    const status = statusOf(i, random);
    const created = random.time(START, END);
    const changed = random.time(Date.parse(created), END);
    const signedIn = status !== "STAGED" && status !== "PROVISIONED" && !random.chance(0.1);
    org.addUser({
      id: random.id("00u"),
      status,
      created,
      activated: status === "STAGED" ? null : changed,
      statusChanged: changed,
      lastLogin: signedIn ? random.time(Date.parse(changed), END + 1) : null,
      lastUpdated: changed,
      passwordChanged: signedIn ? changed : null,
      type,
      profile: profileOf(i, random, first, last, login, contractor),
      credentials:
        i % 40 === 11
          ? { provider: { type: "FEDERATION", name: "FEDERATION" } }
          : { ...(signedIn ? { password: {} } : {}), provider: { type: "OKTA", name: "OKTA" } },
    });
  }
}

/** The first user is active, so that there is always somebody to sign in. */
function statusOf(i: number, random: Random): string {
  if (i > 0 && i < 2 * USER_STATUSES.length && i % 2 === 1) return USER_STATUSES[(i - 1) / 2]!;
  if (i === 0 || !random.chance(0.08)) return "ACTIVE";
  return random.chance(0.35) ? "DEPROVISIONED" : random.pick(USER_STATUSES);
}

function profileOf(
  ...[i, random, firstName, lastName, login, contractor]: [number, Random, string, string, string, boolean]
): JsonObject {
  const profile: JsonObject = { firstName, lastName, mobilePhone: null, secondEmail: null, login, email: login };
  if (i % 7 === 3) profile.secondEmail = `${login.split("@")[0]}@home.example`;
  if (i % 3 === 0) profile.employeeNumber = String(100_000 + i);
  if (i % 29 === 17) profile.employeeId = `E-${i}`;
  if (i % 31 === 12) Object.assign(profile, { employeeNumber: "", employee_number: `N ${i}` });
  if (i % 5 === 0) profile.displayName = `${firstName} ${lastName}`;
  if (i % 37 === 6) profile.displayName = "";
  if (i % 41 === 8) profile.displayName = null;
  if (i % 2 === 0) profile.department = random.pick(DEPARTMENTS);
  if (i % 4 === 0) profile.title = random.pick(TITLES);
  if (i % 6 === 1) profile.mobilePhone = `+49 30 5550${String(i % 10_000).padStart(4, "0")}`;
  if (i % 11 === 4)
    Object.assign(profile, { costCenters: ["cc-1", `cc-${i % 90}`], isContractor: contractor, level: i % 9 });
  if (i % 13 === 5) Object.assign(profile, { city: "Göteborg", countryCode: "SE", timezone: "Europe/Stockholm" });
  if (i % 43 === 21) profile.badge = 'line one\nline two\t"quoted" \\ 😀';
  if (i % 47 === 10) profile.startDate = "2022-02-30";
  return profile;
}
