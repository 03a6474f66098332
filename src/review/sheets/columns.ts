import type { Item } from "../population/item.ts";
import type { ReviewState } from "../state.ts";

/** The columns of a sheet, in their order: they stay what they are, new ones come at the end. */
export const SHEET_COLUMNS = [
  "decision",
  "justification",
  "item_id",
  "campaign",
  "reviewer",
  "principal_type",
  "principal",
  "login",
  "name",
  "status",
  "manager",
  "department",
  "account_kind",
  "resource_type",
  "resource",
  "resource_name",
  "entitlement",
  "entitlement_name",
  "privileged",
  "why",
  "granted_at",
  "granted_by",
  "temporary_until",
  "last_sign_in",
  "findings",
  "recommendation",
  "if_revoked",
  "earlier_decision",
  "earlier_decision_at",
  "decided_at",
  "remediation",
  "remediated_at",
  "proof",
  "snapshot_sha256",
  "snapshot_time",
] as const;

export type SheetColumn = (typeof SHEET_COLUMNS)[number];

/** What a reviewer fills in. Everything else is locked. */
export const FILLED_IN: readonly SheetColumn[] = ["decision", "justification"];

/** What changes as a review goes on: an older sheet may hold it as it was, empty. */
export const AS_IT_GOES: readonly SheetColumn[] = ["decided_at", "remediation", "remediated_at", "proof"];

/** What stands where nothing says when or by whom access was granted. */
const NOT_KNOWN = "not known";

/** The longest text of a cell, in characters: what a workbook takes, and a person reads. */
const MAX_CELL = 4_000;

/** The row of an item, as it stands by now. */
export function sheetRow(state: ReviewState, item: Item): Readonly<Record<SheetColumn, string>> {
  const { principal, entitlement, resource, recommendation, earlier, remedy } = item;
  const { snapshot, review, name } = state.campaign;
  const decided = state.decided(item.id);
  const remediated = state.remediated(item.id);
  const row: Record<SheetColumn, string> = {
    decision: decided?.decision ?? "UNREVIEWED",
    justification: decided?.justification ?? "",
    item_id: item.id,
    campaign: `${name} (${review})`,
    reviewer: state.reviewerOf(item),
    principal_type: principal.type,
    principal: principal.id,
    login: principal.login,
    name: principal.name,
    status: principal.status,
    manager: principal.manager,
    department: principal.department,
    account_kind: principal.kind,
    resource_type: resource.type,
    resource: resource.id,
    resource_name: resource.name,
    entitlement: entitlement.id,
    entitlement_name: entitlement.name,
    privileged: entitlement.privileged ? "yes" : "no",
    why: item.why,
    granted_at: item.grantedAt || NOT_KNOWN,
    granted_by: item.grantedBy || NOT_KNOWN,
    temporary_until: item.temporary === null ? "" : item.temporary.until || "yes",
    last_sign_in: principal.lastSignIn,
    findings: item.findings.map(({ severity, rule, what }) => `${severity} ${rule}: ${what}`).join(" | "),
    recommendation: `${recommendation.decision}: ${recommendation.why}`,
    if_revoked: remedy.how === "manual" ? `by hand: ${remedy.what}` : remedy.what,
    earlier_decision: earlier?.decision ?? "",
    earlier_decision_at: earlier?.at ?? "",
    decided_at: decided?.time ?? "",
    remediation: state.remediationOf(item),
    remediated_at: remediated?.time ?? "",
    proof: remediated?.proof?.sha256 ?? "",
    snapshot_sha256: snapshot.sha256,
    snapshot_time: snapshot.endedAt,
  };
  for (const column of SHEET_COLUMNS) row[column] = cellOf(row[column]);
  return row;
}

/** A text as a cell can hold it: one line, without what cannot be shown. */
export function cellOf(text: string): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\ufffe\uffff]+/gu, " ")
    .trim();
  return line.length > MAX_CELL ? `${line.slice(0, MAX_CELL - 1)}…`.toWellFormed() : line;
}
