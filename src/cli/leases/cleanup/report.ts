import type { CleanupTable } from "../../../baton/leases/cleanup-schema.ts";
import { shownTime } from "../../../baton/leases/time.ts";
import { table } from "../../terminal/layout.ts";
import type { Applied, Failed } from "./apply.ts";
import type { Plan } from "./plan.ts";
import type { Deletion } from "./remove.ts";
import type { Undone } from "./undo.ts";

/** What was planned, and whether the form is for programs. */
export interface Planning {
  readonly plan: Plan;
  /** Absent: deletions were not asked for. */
  readonly deletions: readonly Deletion[] | undefined;
}

const going = <T extends { readonly left?: string }>(rows: readonly T[]) =>
  rows.filter(({ left }) => left === undefined);

/** A plan for people: what would be done, and why the rest is left. */
export function planText({ plan, deletions }: Planning): string {
  const { planned, seen, unknownNames } = plan;
  const parts = [
    planned.length === 0
      ? `No account of ${seen} is named by the rules.\n`
      : table(
          ["user", "login", "status", "why", "left"],
          planned.map(({ account, reason, left = "" }) => [account.id, account.login, account.status, reason, left]),
        ),
  ];
  if (deletions !== undefined && deletions.length > 0) {
    const rows = deletions.map(({ row, left = "" }) => [row.user_id, row.login, shownTime(row.at), left]);
    parts.push("\nPast their undo window:\n", table(["user", "login", "deactivated", "left"], rows));
  }
  if (unknownNames.length > 0) parts.push(`\nExcluded, and no account is called so: ${unknownNames.join(", ")}\n`);
  if (plan.isLogLeftOut) parts.push("\nSo many are named that the system log was not asked who of them is in use.\n");
  parts.push(
    `\n${going(planned).length} of ${seen} accounts would be deactivated`,
    deletions === undefined ? "" : `, ${going(deletions).length} deleted`,
    ". Nothing was changed.\n",
  );
  return parts.join("");
}

/** A plan for programs. */
export function planJson({ plan, deletions }: Planning): string {
  return json({
    accounts: plan.seen,
    planned: plan.planned.map(({ account, reason, left }) => ({
      ...{ user: account.id, login: account.login, status: account.status, reason },
      ...(left !== undefined && { left }),
    })),
    wouldDeactivate: going(plan.planned).length,
    ...(plan.isLogLeftOut && { logLeftOut: true }),
    ...(plan.unknownNames.length > 0 && { excludedUnknown: plan.unknownNames }),
    ...(deletions !== undefined && {
      deletions: deletions.map(({ row, left }) => ({
        ...{ user: row.user_id, login: row.login, deactivated: shownTime(row.at), run: row.run },
        ...(left !== undefined && { left }),
      })),
      wouldDelete: going(deletions).length,
    }),
  });
}

/** What a run did. */
export interface Ran {
  readonly seen: number;
  readonly applied: Applied;
  /** Absent: deletions were not asked for. */
  readonly removed: { readonly deleted: readonly CleanupTable[]; readonly failed: readonly Failed[] } | undefined;
  readonly stopped: boolean;
}

/** What a run did, for people: with what failed, and how to undo the rest. */
export function ranText({ seen, applied, removed, stopped }: Ran): string {
  const { run, done, left, untouched } = applied;
  const parts = [`Deactivated ${done.length} of ${seen} accounts`];
  if (removed !== undefined) parts.push(`, deleted ${removed.deleted.length}`);
  parts.push(".");
  if (done.length > 0) parts.push(` To undo: cleanup undo ${run}`);
  parts.push("\n");
  if (left > 0) parts.push(`${left} are left, as they are not any more what they were when it was planned.\n`);
  for (const { user, login, error } of [...applied.failed, ...(removed?.failed ?? [])]) {
    parts.push(`Failed: ${user} ${login}: ${error}\n`);
  }
  if (untouched > 0) {
    parts.push(`${untouched} were not come to, as ${stopped ? "it was stopped" : "so many failed in a row"}.\n`);
  }
  return parts.join("");
}

/** What a run did, for programs. */
export function ranJson({ seen, applied, removed }: Ran): string {
  const { run, done, left, untouched } = applied;
  const failed = [...applied.failed, ...(removed?.failed ?? [])];
  return json({
    run,
    accounts: seen,
    deactivated: done.map(({ user_id }) => user_id),
    deleted: (removed?.deleted ?? []).map(({ user_id }) => user_id),
    leftMeanwhile: left,
    ...(failed.length > 0 && { failed }),
    ...(untouched > 0 && { untouched }),
  });
}

/** What was brought back. */
export function undoneText(undone: readonly Undone[], dryRun: boolean): string {
  const count = undone.filter(({ activated }) => activated).length;
  const notes = undone.flatMap(({ row, note, status, failed }) =>
    note === undefined
      ? []
      : [`${failed ? "Not undone: " : ""}${row.user_id} ${row.login}${status ? ` (${status})` : ""}: ${note}\n`],
  );
  const done = dryRun ? `Would activate ${count} accounts again` : `Activated ${count} accounts again`;
  return `${done}.\n${notes.join("")}`;
}

/** What was brought back, for programs. */
export function undoneJson(undone: readonly Undone[]): string {
  const failed = undone.filter((one) => one.failed);
  return json({
    undone: undone.filter(({ activated }) => activated).map(({ row }) => row.user_id),
    ...(failed.length > 0 && {
      notUndone: failed.map(({ row, status, note }) => ({
        ...{ user: row.user_id, login: row.login, why: note },
        ...(status !== undefined && { status }),
      })),
    }),
  });
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
