import { readFileSync } from "node:fs";
import { lengthOf } from "../../baton/leases/time.ts";
import { scopesForChange } from "../../okta/api/auth/scopes.ts";
import { systemClock } from "../../runtime/clock.ts";
import { Failure } from "../../runtime/failure.ts";
import { withChanges } from "../change/session.ts";
import { readChangeSettings } from "../change/settings.ts";
import type { CommandModule } from "../command.ts";
import { EXIT } from "../exit.ts";
import { CLEANUP_FLAGS } from "../leases/cleanup/command.ts";
import { openLedgerOf } from "../leases/ledger.ts";
import { requireAccess } from "../settings.ts";
import { table } from "../terminal/layout.ts";

/** Accounts that no person signs in with, by how they are commonly named. */
const SERVICE_ACCOUNTS = ["svc-*", "svc_*", "svc.*", "service-*", "service_*"];

/** `cleanup`: what the rules name, deactivate it, and undo that. */
export const run: CommandModule["run"] = async ({ argv, env, output }) => {
  const { values, own, flags, positionals } = await readChangeSettings("cleanup", CLEANUP_FLAGS, argv, env, output);
  const [what, named, more] = positionals;
  if (
    !["plan", "apply", "undo"].includes(what ?? "") ||
    more !== undefined ||
    (named !== undefined && what !== "undo")
  ) {
    throw new Failure({
      kind: "usage",
      message:
        what === undefined ? "cleanup takes what to do" : `cleanup takes no argument ${JSON.stringify(named ?? what)}`,
      advice: "there are cleanup plan, apply and undo [RUN|USER]; see baton-okta help cleanup",
    });
  }
  const length = (name: "inactive" | "suspended" | "after-last-lease") =>
    own[name] === undefined ? undefined : lengthOf(own[name], `--${name}`);
  const asked = {
    rules: {
      inactiveMs: length("inactive"),
      suspendedMs: length("suspended"),
      afterLastLeaseMs: length("after-last-lease"),
    },
    exclude: [...SERVICE_ACCOUNTS, ...own.exclude, ...namesIn(own["exclude-file"])],
    excludeGroups: own["exclude-group"],
    file: flags.has("file") ? values.file : undefined,
    max: own.max,
    maxShare: own["max-share"],
  };
  const windowMs = lengthOf(own["undo-window"], "--undo-window");
  if (what !== "undo" && !own.delete && Object.values(asked.rules).every((rule) => rule === undefined)) {
    throw new Failure({
      kind: "usage",
      message: "cleanup has no rule",
      advice: "give --inactive 90d, --suspended 30d or --after-last-lease 30d",
    });
  }
  requireAccess(values);
  const [{ judgeOf, mustBeFew, planOf }, { deactivateAll, deleteOld, undo }] = await Promise.all([
    import("../leases/cleanup/plan.ts"),
    import("../leases/cleanup/apply.ts"),
  ]);
  const json = values.output === "json";
  const now = systemClock.now;
  return await withChanges(
    values,
    env,
    output,
    [...scopesForChange(["user"]), "okta.groups.read", "okta.roles.read"],
    async (session) => {
      const ledger = await openLedgerOf(values, env, session.log);
      try {
        if (what === "undo") {
          const undone = await undo(session, ledger, named, now);
          const ids = undone.map(({ user_id }) => user_id);
          output.out(
            json ? `${JSON.stringify({ undone: ids }, null, 2)}\n` : `Activated ${ids.length} accounts again.\n`,
          );
          return EXIT.done;
        }
        const { judge, planned, seen } = await session.change(async (call) => {
          const decide = await judgeOf(asked, session.client, ledger, session.org, now, call);
          return { judge: decide, ...(await planOf(asked, session.client, decide, call)) };
        });
        const going = planned.filter(({ left }) => left === undefined);
        const rows = planned.map(({ account, reason, left }) => ({
          user: account.id,
          login: account.login,
          status: account.status,
          reason,
          ...(left !== undefined && { left }),
        }));
        const shown = () =>
          rows.length === 0
            ? `No account of ${seen} is named by the rules.\n`
            : `${table(
                ["user", "login", "status", "why", "left"],
                rows.map(({ user, login, status, reason, left = "" }) => [user, login, status, reason, left]),
              )}`;
        if (what === "plan" || !values.yes || values["dry-run"]) {
          if (json)
            output.out(
              `${JSON.stringify({ accounts: seen, planned: rows, wouldDeactivate: going.length }, null, 2)}\n`,
            );
          else {
            output.out(`${shown()}\n${going.length} of ${seen} accounts would be deactivated. Nothing was changed.\n`);
            if (what === "apply" && !values["dry-run"]) output.out("Add --yes to do it.\n");
          }
          mustBeFew(going.length, seen, asked);
          return EXIT.done;
        }
        mustBeFew(going.length, seen, asked);
        const { run: id, done, left } = await deactivateAll(session, ledger, going, judge, now);
        const deleted = own.delete ? await deleteOld(session, ledger, windowMs, now) : [];
        if (json) {
          const ids = {
            deactivated: done.map(({ user_id }) => user_id),
            deleted: deleted.map(({ user_id }) => user_id),
          };
          output.out(`${JSON.stringify({ run: id, accounts: seen, ...ids, leftMeanwhile: left }, null, 2)}\n`);
        } else {
          output.out(
            `Deactivated ${done.length} of ${seen} accounts${own.delete ? `, deleted ${deleted.length}` : ""}. To undo: cleanup undo ${id}\n`,
          );
        }
        return EXIT.done;
      } finally {
        await ledger.close();
      }
    },
  );
};

function namesIn(file: string | undefined): readonly string[] {
  if (file === undefined) return [];
  try {
    return readFileSync(file, "utf8")
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("#"));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
    throw new Failure({ kind: "usage", message: `the file ${file} of --exclude-file cannot be read (${code})`, cause });
  }
}
