import { accessSync, constants } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { openSnapshot } from "../../baton/snapshot/reader.ts";
import { resolveSettings, type Written } from "../../runtime/config/config.ts";
import { Failure } from "../../runtime/failure.ts";
import { sandboxFromFlags } from "../../sandbox/flags.ts";
import { parseArguments } from "../arguments.ts";
import type { CommandModule } from "../command.ts";
import { DEMO_FLAGS } from "../commands.ts";
import { EXIT } from "../exit.ts";
import { FLAGS } from "../flags/flags.ts";
import { grantsOf } from "../snapshot/questions/grants.ts";
import { printRows } from "../snapshot/rows.ts";
import { inspectSnapshot } from "../snapshot/show.ts";
import { syncOrg } from "../sync/run.ts";
import { renderSummary } from "../sync/summary.ts";
import { textWidth, twoColumns } from "../terminal/layout.ts";

/** `demo`: an org in memory, its snapshot, and what to look at in it. */
export const run: CommandModule["run"] = async ({ argv, env, output }) => {
  const { flags, positionals } = parseArguments(argv, DEMO_FLAGS);
  if (positionals.length > 0) {
    throw new Failure({ kind: "usage", message: `demo takes no argument ${JSON.stringify(positionals[0])}` });
  }
  const { values } = resolveSettings(DEMO_FLAGS, { flags, environment: new Map(), file: new Map() });
  const { users, seed } = values;
  const file = writable(values.file, flags.has("file"));
  const groups = Math.max(8, Math.round(users / 8));
  const apps = Math.max(6, Math.round(users / 20));
  const sandbox = await sandboxFromFlags({ port: 0, users, groups, apps, seed });
  try {
    output.out(`An Okta org in memory, at ${sandbox.url}, with ${users} users. Syncing it.\n\n`);
    const report = await syncOrg(
      resolveSettings(FLAGS, {
        flags: given({
          domain: sandbox.url,
          "api-token": sandbox.token,
          file,
          "sync-custom-roles": "true",
          "sync-secrets": "true",
          // What the sync says of itself would stand between the lines of the demo.
          "log-level": flags.has("log-level") ? values["log-level"] : "warn",
        }),
        environment: new Map(),
        file: new Map(),
      }).values,
      env,
      output,
    );
    output.out(`${renderSummary(report, textWidth(process.stdout.columns))}\n`);
    await using reader = await openSnapshot(file);
    const roles = inspectSnapshot(reader, undefined).roles;
    const superAdmin = roles.find(({ id }) => id === "SUPER_ADMIN");
    const throughGroup = roles.find(({ type, groups }) => type === "role" && groups > 0);
    for (const role of [superAdmin, throughGroup]) {
      if (role === undefined) continue;
      output.out(`Who holds ${role.id}, and through what:\n`);
      await output.stream(printRows(grantsOf(reader.content(), { resource: role }), "table", 8));
      output.out("\n");
    }
    output.out(
      `Look further:\n\n${twoColumns(
        [
          [`baton-okta snapshot show ${file}`, ""],
          [`baton-okta snapshot grants ${file} --resource role:ORG_ADMIN`, ""],
          [`baton-okta snapshot export ${file} --format csv > access.csv`, ""],
          ["baton-okta sandbox", "serves such an org for as long as you like"],
        ],
        10_000,
      )}\nYour own org: baton-okta --domain acme.okta.com --api-token TOKEN\n`,
    );
  } finally {
    await sandbox.close();
  }
  return EXIT.done;
};

/** The file itself, or one in the system's temporary folder where nobody asked for a file and this folder is not writable. */
function writable(file: string, asked: boolean): string {
  try {
    accessSync(dirname(resolve(file)), constants.W_OK);
    return file;
  } catch {
    return asked ? file : join(tmpdir(), file);
  }
}

function given(values: Readonly<Record<string, string>>): Map<string, Written> {
  return new Map(Object.entries(values).map(([name, text]) => [name, { texts: [text], where: `--${name}` }]));
}
