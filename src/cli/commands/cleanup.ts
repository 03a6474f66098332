import { readFileSync } from "node:fs";
import { lengthOf } from "../../baton/leases/time.ts";
import { scopesForChange } from "../../okta/api/auth/scopes.ts";
import { Failure } from "../../runtime/failure.ts";
import { withChanges } from "../change/session.ts";
import { readChangeSettings } from "../change/settings.ts";
import type { CommandModule } from "../command.ts";
import { CLEANUP_FLAGS } from "../leases/cleanup/command.ts";
import { requireAccess } from "../settings.ts";

/** Accounts that no person signs in with, by how they are commonly named. */
const SERVICE_ACCOUNTS = ["svc-*", "svc_*", "svc.*", "service-*", "service_*"];

/** `cleanup`: what the rules name, deactivate it, and undo that. */
export const run: CommandModule["run"] = async ({ argv, env, output }) => {
  const { values, own, flags, positionals } = await readChangeSettings("cleanup", CLEANUP_FLAGS, argv, env, output);
  const [what, named, more] = positionals;
  const isWhat = what === "plan" || what === "apply" || what === "undo";
  if (!isWhat || more !== undefined || (named !== undefined && what !== "undo")) {
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
    skipLog: own["skip-log"],
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
  const { runCleanup } = await import("../leases/cleanup/run.ts");
  const scopes = [...scopesForChange(["user"]), "okta.groups.read", "okta.roles.read"];
  if (!own["skip-log"]) scopes.push("okta.logs.read");
  return await withChanges(values, env, output, scopes, (session) =>
    runCleanup({ what, named, plan: asked, deletes: own.delete, windowMs }, session, values, env, output),
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
