import type { Call } from "../../../baton/connector.ts";
import { nobody } from "../../../okta/users/visibility.ts";
import { Failure } from "../../../runtime/failure.ts";
import type { ChangeSession } from "../../change/session.ts";
import { EXIT, type ExitCode } from "../../exit.ts";
import type { FlagValues } from "../../flags/flags.ts";
import type { Output } from "../../terminal/output.ts";
import { oktaClock } from "../clock.ts";
import { openLedgerOf } from "../ledger.ts";
import { deactivateAll } from "./apply.ts";
import type { PlanAsked } from "./asked.ts";
import type { JudgeDeps } from "./judge.ts";
import { mustBeFew, planOf } from "./plan.ts";
import { mustBeGroups, tokenOwner } from "./protection.ts";
import { deleteAll, deletionsOf } from "./remove.ts";
import { planJson, planText, ranJson, ranText, undoneJson, undoneText } from "./report.ts";
import { undo } from "./undo.ts";

/** What `cleanup` is asked for. */
export interface CleanupAsked {
  readonly what: "plan" | "apply" | "undo";
  /** undo: a run or a user. */
  readonly named: string | undefined;
  readonly plan: PlanAsked;
  readonly deletes: boolean;
  readonly windowMs: number;
}

/** Plans, does or undoes a clean-up, and says what came of it. */
export async function runCleanup(
  { what, named, plan: asked, deletes, windowMs }: CleanupAsked,
  session: ChangeSession,
  values: FlagValues,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<ExitCode> {
  const json = values.output === "json";
  const dryRun = values["dry-run"];
  const { client, connector, org, log } = session;
  const ledger = await openLedgerOf(values, env, log);
  try {
    const clock = oktaClock(client, connector, log);
    await session.change((call) => connector.validate(call));
    if (!clock.isKnown()) {
      throw new Failure({
        kind: "unavailable",
        message: "Okta's answers do not tell the time, by which accounts are judged",
      });
    }
    const known = { client, ledger, org, now: clock.now };
    if (what === "undo") {
      const undone = await undo(session, known, named, windowMs, dryRun);
      output.out(json ? undoneJson(undone) : undoneText(undone, dryRun));
      return undone.some(({ failed }) => failed) ? EXIT.failed : ended(session);
    }
    const me = await session.change(async (call) => {
      await mustBeGroups(client, asked.excludeGroups, call);
      return values["auth-method"] === "private-key-group" ? undefined : await tokenOwner(client, call);
    });
    const deps: JudgeDeps = { ...known, me, isInScope: scopeOf(session, values) };
    const plan = await planOf(session, deps, asked);
    if (plan.seen === 0 && asked.file === undefined) throw nobody();
    const going = plan.planned.filter(({ left }) => left === undefined);
    const rehearses = what === "plan" || !values.yes || dryRun;
    const deletions = deletes ? await deletionsOf(session, deps, asked, windowMs, rehearses) : undefined;
    const old = (deletions ?? []).flatMap(({ row, left }) => (left === undefined ? [row] : []));
    const mustAllBeFew = () => {
      mustBeFew(going.length, plan.seen, asked);
      mustBeFew(old.length, plan.seen, asked, "deleted");
    };
    const planned = plan.unread > 0 ? EXIT.failed : ended(session);
    if (rehearses) {
      output.out(json ? planJson({ plan, deletions }) : planText({ plan, deletions }));
      if (what === "apply" && !dryRun && !json) output.out("Add --yes to do it.\n");
      mustAllBeFew();
      return planned;
    }
    mustAllBeFew();
    const { seen, unknownNames } = plan;
    if (unknownNames.length > 0) log.warn("excluded, and no account is called so", { names: unknownNames });
    const applied = await deactivateAll(session, deps, asked, going);
    const removed = deletes ? await deleteAll(session, deps, old) : undefined;
    const ran = { seen, applied, removed, stopped: session.stop.aborted };
    output.out(json ? ranJson(ran) : ranText(ran));
    return applied.failed.length > 0 || (removed?.failed.length ?? 0) > 0 ? EXIT.failed : planned;
  } finally {
    await ledger.close();
  }
}

function ended({ stop }: ChangeSession): ExitCode {
  return stop.aborted ? EXIT.interrupted : EXIT.done;
}

/** Whether the connector's own filter lets a user through, where there is one. */
function scopeOf({ connector }: ChangeSession, values: FlagValues): JudgeDeps["isInScope"] {
  if (values["filter-email-domains"].length === 0) return undefined;
  const users = connector.types.find(({ type }) => type.id === "user");
  return async (id: string, call: Call) => (await users?.get?.(id, call)) !== undefined;
}
