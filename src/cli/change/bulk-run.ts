import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { type BulkOutcome, type BulkSummary, bulk } from "../../baton/provision/bulk.ts";
import { scopesForChange } from "../../okta/api/auth/scopes.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";
import { printable } from "../../runtime/printable-text.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { FlagValues } from "../flags/flags.ts";
import { count } from "../terminal/layout.ts";
import type { Output } from "../terminal/output.ts";
import { noResults, openResults, type ResultLine, resultLine } from "./bulk-results.ts";
import { confirm, promptOn } from "./confirm.ts";
import type { LeaseAsked } from "./lease-asked.ts";
import { withChanges } from "./session.ts";

/** A bulk change that was asked for on the command line. */
export interface BulkAsked {
  readonly name: "grant" | "revoke";
  /** A path, or `-` for standard input. */
  readonly from: string;
  readonly results: string | undefined;
  readonly concurrency: number;
  /** The type of principals whose line does not say. */
  readonly principalType: string | undefined;
  /** When and why all of it is to end, where it is. */
  readonly lease?: LeaseAsked | undefined;
}

/** Grants or revokes what a file lists, with a line for each as it ends and a summary. */
export async function runBulk(
  asked: BulkAsked,
  values: FlagValues,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<ExitCode> {
  const { name, from, lease } = asked;
  if (lease !== undefined) (await import("../leases/bulk-grant.ts")).endsOf(lease);
  const dryRun = values["dry-run"];
  if (name === "revoke") {
    const question = `Revoke everything that ${from === "-" ? "standard input" : printable(from)} lists?`;
    // Standard input cannot be the list and the answer.
    const ask = from === "-" ? async () => undefined : promptOn(output);
    await confirm(question, { given: values.yes || dryRun, flagForm: false }, ask);
  }
  const types = from === "-" ? [""] : await typesIn(from);
  return await withChanges(values, env, output, scopesForChange(types), async (session) => {
    const results = asked.results === undefined || dryRun ? noResults : openResults(asked.results, name, session.org);
    const json = values.output === "json";
    // Credentials that are refused once are refused for every line; and what cannot be kept is not to be done.
    const hopeless = new AbortController();
    let refusal: unknown;
    const giveUp = (error: unknown) => {
      refusal ??= error;
      hopeless.abort();
    };
    const onOutcome = (outcome: BulkOutcome) => {
      if (isFailure(outcome.error, "unauthenticated")) giveUp(outcome.error);
      const line = resultLine(outcome, name, session.org);
      try {
        if (outcome.result !== "skipped" && outcome.result !== "stopped") results.append(line);
      } catch (error) {
        // How the line ended is as it is: it is reported, and no other is begun.
        giveUp(error);
      }
      const { org: _, ...shown } = line;
      output.out(json ? `${JSON.stringify(shown)}\n` : lineText(line));
    };
    const leases =
      lease && (await (await import("../leases/bulk-grant.ts")).openBulkLeases(session, lease, values, env));
    const input = from === "-" ? process.stdin : await opened(from);
    const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
    const stop = AbortSignal.any([session.stop, hopeless.signal]);
    // A list that is still being written would be waited for.
    stop.addEventListener("abort", () => lines.close(), { once: true });
    try {
      const summary = await bulk(lines, {
        change: ({ entitlement, principal }) =>
          session.change((call) =>
            leases !== undefined
              ? leases.grant({ entitlement, principal }, call)
              : name === "grant"
                ? session.provisioner.grant(entitlement, principal, call)
                : session.provisioner.revoke({ ...entitlement, principal }, call),
          ),
        done: results.done,
        concurrency: asked.concurrency,
        principalType: asked.principalType ?? "user",
        stop,
        dryRun,
        onOutcome,
      });
      output.out(json ? `${JSON.stringify({ summary })}\n` : summaryText(summary, name, dryRun));
      if (refusal !== undefined) throw refusal;
      if (summary.stopped > 0 || session.stop.aborted) throw stopped(asked);
      return summary.failed > 0 ? EXIT.failed : EXIT.done;
    } finally {
      lines.close();
      results.close();
      await leases?.close();
    }
  });
}

function stopped({ results }: BulkAsked): Failure {
  return new Failure({
    kind: "cancelled",
    message: "stopped before the end of the list",
    advice:
      results === undefined
        ? "run the same command again to go on: what is done already is not done twice"
        : "run the same command again to go on: what its results file names as done is skipped",
  });
}

async function opened(path: string) {
  const stream = createReadStream(path);
  await new Promise<void>((resolve, reject) => {
    stream.once("open", () => resolve());
    stream.once("error", (cause: NodeJS.ErrnoException) =>
      reject(
        new Failure({ kind: "usage", message: `${path} cannot be read (${cause.code ?? "unknown reason"})`, cause }),
      ),
    );
  });
  return stream;
}

/** The resource types that a list names, so that no scope is asked for that it does not take. */
async function typesIn(path: string): Promise<string[]> {
  const types = new Set<string>();
  for await (const line of createInterface({ input: await opened(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    const type = /"entitlement"\s*:\s*"([^":\\]+):/.exec(line)?.[1];
    if (type !== undefined) types.add(type);
  }
  return [...types];
}

const WORDS: Readonly<Record<BulkOutcome["result"], string>> = {
  done: "done",
  already: "was so",
  skipped: "skipped",
  duplicate: "duplicate",
  failed: "FAILED",
  stopped: "not done",
  planned: "would do",
};

function lineText({ line, result, entitlement, principalType, principal, error }: ResultLine): string {
  const what = entitlement === undefined ? [] : [`${entitlement} ${principalType}:${principal}`];
  const details = [...what, ...(error === undefined ? [] : [error])].join(": ");
  return `${printable(`${String(line).padStart(6)}  ${WORDS[result].padEnd(9)}  ${details}`)}\n`;
}

function summaryText(summary: BulkSummary, name: "grant" | "revoke", dryRun: boolean): string {
  const parts: [number, string][] = [
    [summary.done, name === "grant" ? "granted" : "revoked"],
    [summary.planned, `would be ${name === "grant" ? "granted" : "revoked"}`],
    [summary.already, name === "grant" ? "held already" : "not held anyway"],
    [summary.skipped, "done by an earlier run"],
    [summary.duplicate, "named twice"],
    [summary.failed, "failed"],
    [summary.stopped, "not done"],
  ];
  const details = parts.filter(([times]) => times > 0).map(([times, what]) => `${count(times)} ${what}`);
  return `${dryRun ? "Nothing was changed: " : ""}${details.join(", ") || "The list is empty"}.\n`;
}
