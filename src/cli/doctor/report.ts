import type { CapabilityName } from "../../okta/doctor/capabilities.ts";
import { MAX_AGE_DAYS } from "../../okta/doctor/credential-age.ts";
import type { CapabilityReport, DoctorReport } from "../../okta/doctor/report.ts";
import { STANDARD_ROLES } from "../../okta/roles/resource.ts";
import { printable } from "../../runtime/printable-text.ts";
import { capitalize } from "../errors.ts";
import { estimateText, limitTable, percent, routeTexts } from "../plan/report.ts";
import { duration, pluralize, wrap } from "../terminal/layout.ts";

/** The report is laid out for this width, whatever the terminal's is. */
const WIDTH = 80;

/** A clock that is off by more makes signed requests fail, in milliseconds. */
const SKEW_MS = 30_000;

/** Which of the required capabilities are there. Parts of one count: the report says which. */
export function missingOf(report: DoctorReport, required: readonly CapabilityName[]): CapabilityName[] {
  const can = new Map(report.capabilities.map((capability) => [capability.name, capability.can]));
  return required.filter((name) => can.get(name) !== "yes" && can.get(name) !== "partly");
}

/** The report as plain data, for `-o json`. */
export function doctorData(report: DoctorReport, required: readonly CapabilityName[]): Record<string, unknown> {
  const missing = missingOf(report, required);
  return { ...report, required: { capabilities: required, missing, met: missing.length === 0 } };
}

/** The report for people. */
export function renderDoctor(report: DoctorReport, required: readonly CapabilityName[]): string {
  return [
    `Okta org ${report.org}, asked ${pluralize(report.calls, "question")} and changed nothing.\n`,
    credentialLines(report),
    `What these credentials can do:\n${report.capabilities.map(capabilityLines).join("")}`,
    limitLines(report),
    syncLines(report),
    verdict(report, required),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function credentialLines({ credentials, clockOffsetMs }: DoctorReport): string {
  const { method, owner, clientId, scopes, dpop, roles, rolesUnknown, token, tokenUnknown, key, keyUnknown, renew } =
    credentials;
  const rows: [string, string][] = [];
  if (method === "api token") {
    const login = owner?.login === undefined ? "" : ` (${owner.login})`;
    const status = owner?.status === undefined ? "" : `, ${owner.status}`;
    rows.push([
      "API token of",
      owner === undefined ? "somebody whom Okta does not name" : `${owner.id}${login}${status}`,
    ]);
    rows.push([
      "Token",
      token === undefined ? `Age not known: ${tokenUnknown ?? "Okta does not say"}` : tokenText(token),
    ]);
  } else {
    rows.push(["OAuth app", clientId ?? ""]);
    rows.push([
      "Key",
      key === undefined ? `Age not known: ${keyUnknown ?? "Okta does not say"}` : `${key.id}, ${ageText(key.ageDays)}`,
    ]);
    rows.push(["DPoP", dpop ? "required by the app, and in use" : "not required by the app"]);
    rows.push(["Scopes", scopes?.granted.join(" ") || "none"]);
    if (scopes !== undefined && scopes.notGranted.length > 0) rows.push(["Not granted", scopes.notGranted.join(" ")]);
  }
  if (roles === undefined) {
    rows.push(["Admin roles", capitalize(rolesUnknown ?? "not known")]);
  } else {
    const custom = roles.custom.map(({ label, permissions, resourceSet }) => {
      const may = permissions === undefined ? "permissions not readable" : permissions.join(" ");
      return `${label} (${may}; resource set ${resourceSet ?? "not known"})`;
    });
    const held = [...roles.standard.map((role) => STANDARD_ROLES.get(role) ?? role), ...custom];
    rows.push(["Admin roles", held.join(", ") || "none"]);
  }
  if (renew) rows.push(["WARNING", renewalText(method)]);
  rows.push(["Clock", clockText(clockOffsetMs)]);
  return rows.map(([name, value]) => hanging(`  ${name.padEnd(13)}`, value, 15)).join("");
}

function tokenText({ name, ageDays, daysLeft, network }: NonNullable<DoctorReport["credentials"]["token"]>): string {
  const parts = [`"${name}"`];
  parts.push(ageText(ageDays));
  if (daysLeft !== undefined) {
    parts.push(daysLeft < 0 ? "expired" : `expires in ${pluralize(daysLeft, "day")} unless it is used`);
  }
  parts.push(network === undefined ? "network restrictions not shown" : `network ${network}`);
  return parts.join(", ");
}

function ageText(days: number | undefined): string {
  return days === undefined ? "age not known" : `${pluralize(days, "day")} old`;
}

function renewalText(method: DoctorReport["credentials"]["method"]): string {
  const [what, how] =
    method === "api token"
      ? ["token", "make a new one in Okta, and put it in its place with rotate api-token"]
      : ["key", "renew it with rotate oauth-key"];
  return `The ${what} is more than ${MAX_AGE_DAYS} days old: ${how}`;
}

function clockText(offsetMs: number): string {
  const off = Math.abs(offsetMs);
  if (off < 2000) return "the same as Okta's, to the second or two";
  const direction = offsetMs < 0 ? "ahead of" : "behind";
  const bad = off < SKEW_MS ? "" : ": set it, or keep it right with NTP";
  return `${duration(off)} ${direction} Okta's${bad}`;
}

function capabilityLines({ name, label, can, why, missing }: CapabilityReport): string {
  const lines = [`  ${can.padEnd(11)}  ${label.padEnd(35)}  ${name}\n`];
  if (why !== undefined) lines.push(hanging(" ".repeat(15), `${capitalize(why)}.`, 15));
  if (can !== "yes" && missing !== undefined) {
    const { scopes, adminRole } = missing;
    const needs = [
      scopes === undefined ? "" : `scope ${scopes.join(" and ")}`,
      adminRole === undefined ? "" : `admin role: ${adminRole}`,
    ].filter((part) => part !== "");
    if (needs.length > 0) lines.push(hanging(" ".repeat(15), `Missing: ${needs.join("; ")}.`, 15));
  }
  return lines.join("");
}

function limitLines({ limits, rateLimitShare }: DoctorReport): string {
  if (limits.length === 0) return "Rate limits: this org shows none.\n";
  return `Rate limits (a sync may use ${percent(rateLimitShare)} of each, see --rate-limit-share):\n${limitTable(limits)}`;
}

function syncLines({ sync }: DoctorReport): string {
  if (sync === undefined) return "";
  return [
    hanging("", estimateText(sync), 0),
    ...routeTexts(sync).map((text) => hanging("  - ", text, 4)),
    ...sync.notes.map((note) => hanging("  - ", note, 4)),
  ].join("");
}

function verdict({ capabilities }: DoctorReport, required: readonly CapabilityName[]): string {
  const of = (name: CapabilityName) => capabilities.find((capability) => capability.name === name)?.can ?? "no";
  const lines = required.map((name) => {
    const can = of(name);
    const words = { yes: "there", partly: "there in part", no: "MISSING", "cannot tell": "NOT CERTAIN" }[can];
    return `  ${name}: ${words}\n`;
  });
  return `Required:\n${lines.join("")}`;
}

/** Text behind a first mark, broken at the width, its further lines set in. */
function hanging(mark: string, text: string, indent: number): string {
  return wrap(printable(text), WIDTH - Math.max(mark.length, indent))
    .map((line, i) => `${i === 0 ? mark : " ".repeat(indent)}${line}\n`)
    .join("");
}
