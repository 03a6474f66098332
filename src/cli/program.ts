import { didYouMean } from "../runtime/did-you-mean.ts";
import { Failure } from "../runtime/failure.ts";
import type { CommandModule } from "./command.ts";
import { EXIT, type ExitCode, exitCodeOf } from "./exit.ts";
import { isReported } from "./reported.ts";
import { type Output, processOutput } from "./terminal/output.ts";
import { printableOutput } from "./terminal/printable-output.ts";

/** Runs the program and leaves its exit code with the process. */
export async function runProgram(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<void> {
  // Deprecations inside libraries are for those who develop this program, not for those who run it.
  process.noDeprecation = true;
  let unwritten = false;
  const output = processOutput(env, () => {
    unwritten = true;
    process.exitCode = process.exitCode || EXIT.failed;
  });
  const code = await runCommand(argv, env, output);
  process.exitCode = code === EXIT.done && unwritten ? EXIT.failed : code;
}

/** Runs the command that `argv` names and says with which code the program ends. Whatever it prints is printable. */
export async function runCommand(argv: readonly string[], env: NodeJS.ProcessEnv, given: Output): Promise<ExitCode> {
  const output = printableOutput(given);
  try {
    const [first, ...rest] = argv;
    const named = first !== undefined && !first.startsWith("-");
    if (!named && argv.some((word) => word === "--version" || word === "-v")) {
      const { version } = await import("../runtime/version.ts");
      output.out(`baton-okta ${version}\n`);
      return EXIT.done;
    }
    const name = named ? first : "sync";
    const args = named ? rest : argv;
    const help = args.findIndex((word) => word === "--help" || word === "-h");
    if (help !== -1 && !args.slice(0, help).includes("--")) {
      const { run } = await import("./commands/help.ts");
      // `sync --help` is about sync; `--help` alone, or before a topic, is the overview or that topic.
      const about = named ? [name] : args.slice(help + 1).filter((word) => !word.startsWith("-"));
      return await run({ argv: about, env, output });
    }
    if (CHANGING.has(name)) (await import("../runtime/compile-cache.ts")).keepCompiled(env);
    const { run } = await load(name);
    return await run({ argv: args, env, output });
  } catch (error) {
    const { renderError } = await import("./errors.ts");
    if (!isReported(error)) output.err(renderError(error, wantsDebug(argv, env)));
    return exitCodeOf(error);
  }
}

/** The commands that load Okta's SDK: their code is kept compiled. */
const CHANGING: ReadonlySet<string> = new Set([
  "grant",
  "revoke",
  "delete",
  "create-account",
  "action",
  "leases",
  "serve",
  "review",
]);

/** The code of each command. */
const CODE: Readonly<Record<string, () => Promise<CommandModule>>> = {
  sync: () => import("./commands/sync.ts"),
  snapshot: () => import("./commands/snapshot.ts"),
  explore: () => import("./commands/explore.ts"),
  review: () => import("./commands/review.ts"),
  "explore-jobs": () => import("./commands/explore-jobs.ts"),
  serve: () => import("./commands/serve.ts"),
  grant: () => import("./commands/grant.ts"),
  revoke: () => import("./commands/revoke.ts"),
  delete: () => import("./commands/delete.ts"),
  "create-account": () => import("./commands/create-account.ts"),
  action: () => import("./commands/action.ts"),
  leases: () => import("./commands/leases.ts"),
  cleanup: () => import("./commands/cleanup.ts"),
  rotate: () => import("./commands/rotate.ts"),
  capabilities: () => import("./commands/capabilities.ts"),
  demo: () => import("./commands/demo.ts"),
  sandbox: () => import("./commands/sandbox.ts"),
  scim: () => import("./commands/scim.ts"),
  events: () => import("./commands/events.ts"),
  "health-check": () => import("./commands/health-check.ts"),
  doctor: () => import("./commands/doctor.ts"),
  keygen: () => import("./commands/keygen.ts"),
  config: () => import("./commands/config.ts"),
  completion: () => import("./commands/completion.ts"),
  help: () => import("./commands/help.ts"),
};

async function load(name: string): Promise<CommandModule> {
  const command = Object.hasOwn(CODE, name) ? CODE[name] : undefined;
  if (command !== undefined) return await command();
  const suggestion = didYouMean(name, Object.keys(CODE));
  throw new Failure({
    kind: "usage",
    message: `there is no command ${JSON.stringify(name)}`,
    advice: suggestion === undefined ? "see baton-okta help" : `did you mean ${suggestion}?`,
  });
}

/** Whether stacks are wanted; asked of the bare words, as the error may be about the words themselves. */
function wantsDebug(argv: readonly string[], env: NodeJS.ProcessEnv): boolean {
  const at = argv.lastIndexOf("--log-level");
  const flag =
    argv.findLast((word) => word.startsWith("--log-level="))?.slice(12) ?? (at === -1 ? undefined : argv[at + 1]);
  return (flag ?? env.BATON_LOG_LEVEL) === "debug";
}
