import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import type { WriteStep } from "../../baton/connector.ts";
import { openForQuestions } from "../../baton/snapshot/reader.ts";
import { scopesForChange } from "../../okta/api/auth/scopes.ts";
import type { AnswerSeen } from "../../okta/api/observed.ts";
import type { Item } from "../../review/population/item.ts";
import {
  type AnswerRead,
  applyReview,
  grantOf,
  planOf,
  type Reading,
  type RemediationDeps,
} from "../../review/remediation/apply.ts";
import { proveByLaterSync } from "../../review/remediation/later-sync.ts";
import { openReview, type Review } from "../../review/review.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";
import { printable } from "../../runtime/printable-text.ts";
import { confirm, promptOn } from "../change/confirm.ts";
import { type ChangeSession, withChanges } from "../change/session.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { requireAccess } from "../settings.ts";
import { pluralize } from "../terminal/layout.ts";
import { actorOf, type ReviewInput, type ReviewStep, required } from "./input.ts";
import { ownUser, requireSameOrg } from "./same-org.ts";

/** The longest answer that is kept word for word as a proof, in bytes; of a longer one its hash is. */
const MAX_KEPT_ANSWER = 65_536;

/** `review apply`: 1 where something failed. */
export const apply: ReviewStep = async (input) => {
  const { own, values, output } = input;
  const folder = required(input, "dir");
  using review = await openReview(folder, { write: !values["dry-run"] });
  if (review.state.closed !== undefined) await review.add([]);
  if (own.file !== undefined) return await later(review, own.file, input);
  const plan = planOf(review);
  const count = plan.revoke.length + plan.unknown.length;
  if (count + plan.manual.length === 0) {
    output.out(
      values.output === "json"
        ? `${JSON.stringify({ success: 0, manual: 0, error: 0, stopped: 0, done: plan.done })}\n`
        : `Nothing is left to do; ${plan.done} done before.\n`,
    );
    return EXIT.done;
  }
  if (count > 0) {
    requireAccess(values);
    const more = plan.unanswered === 0 ? "" : ` (${plan.unanswered} of them unanswered, which means that they go)`;
    const question = `Take ${pluralize(count, "access", "accesses")} away${more}, and note ${plan.manual.length} for which something else has to change?`;
    await confirm(question, { given: values.yes || values["dry-run"], flagForm: false }, promptOn(output));
  }
  if (values["dry-run"]) return await rehearse([...plan.unknown, ...plan.revoke], plan.manual, input);
  if (count === 0) return report(await applyReview(review, { ...NOTHING_SENT, by: actorOf(input) }), input);
  const answers = new AsyncLocalStorage<AnswerRead[]>();
  const onAnswer = (seen: AnswerSeen) => void answers.getStore()?.push(keptOf(seen));
  return await withOkta([...plan.unknown, ...plan.revoke], input, onAnswer, async (session) => {
    const items = [...plan.unknown, ...plan.revoke];
    const { me } = await session.change(async ({ signal }) => {
      await requireSameOrg(session.client, items, signal);
      return { me: items.length > 1 ? await ownUser(session.client, signal) : undefined };
    });
    const deps: RemediationDeps = {
      isOwn: ({ principal }) => principal.type === "user" && principal.id === me,
      revoke: (grant) => session.change((call) => session.provisioner.revoke(grant, { ...call, dryRun: false })),
      read: (grant) => {
        const seen: AnswerRead[] = [];
        return answers.run(seen, () => readGrant(session, grant, seen));
      },
      by: actorOf(input),
      concurrency: own.concurrency,
      stop: session.stop,
      onItem: (item, { status, what }) => {
        if (values.output !== "json")
          output.out(
            `${status.padEnd(8)} ${printable(nameOf(item))}${status === "SUCCESS" ? "" : `: ${printable(what)}`}\n`,
          );
      },
    };
    return report(await applyReview(review, deps), input);
  });
};

/** Where nothing is to be sent. */
const NOTHING_SENT: Omit<RemediationDeps, "by"> = {
  revoke: () => Promise.reject(new Error("nothing is to be revoked")),
  read: () => Promise.reject(new Error("nothing is to be read")),
  concurrency: 1,
  stop: new AbortController().signal,
};

function withOkta(
  items: readonly Item[],
  { values, env, output }: ReviewInput,
  onAnswer: ((seen: AnswerSeen) => void) | undefined,
  work: (session: ChangeSession) => Promise<ExitCode>,
): Promise<ExitCode> {
  const types = [...new Set(items.map(({ resource }) => resource.type))];
  return withChanges(values, env, output, scopesForChange(types), work, onAnswer);
}

/** What Okta shows of a grant: a revocation that is only rehearsed reads all that it takes to know. */
async function readGrant(
  session: ChangeSession,
  grant: Parameters<RemediationDeps["read"]>[0],
  answers: AnswerRead[],
): Promise<Reading> {
  try {
    const { already } = await session.change(
      (call) => session.provisioner.revoke(grant, { ...call, dryRun: true }),
      [],
    );
    return { held: !already, what: already ? "Okta does not show it" : "Okta shows it", answers };
  } catch (error) {
    if (isFailure(error, "notFound"))
      return { held: false, what: `Okta does not know it any more: ${error.message}`, answers };
    if (isFailure(error, "failedPrecondition")) return { held: "through", what: error.message, answers };
    throw error;
  }
}

function keptOf({ method, path, status, requestId, body }: AnswerSeen): AnswerRead {
  const isKept = body.length <= MAX_KEPT_ANSWER;
  return {
    ...{ request: `${method} ${path}`, status, requestId: requestId ?? "" },
    sha256: createHash("sha256").update(body).digest("hex"),
    body: isKept ? Buffer.from(body).toString() : "",
  };
}

/** Says what would be done, and changes nothing. */
async function rehearse(items: readonly Item[], manual: readonly Item[], input: ReviewInput): Promise<ExitCode> {
  const { output, values } = input;
  const json: object[] = [];
  let failed = 0;
  const tell = (item: Item, what: string, requests: readonly string[]) => {
    json.push({
      item: item.id,
      entitlement: item.entitlement.id,
      principal: `${item.principal.type}:${item.principal.id}`,
      what,
      requests,
    });
    if (values.output === "json") return;
    output.out(
      `${printable(nameOf(item))}: ${printable(what)}\n${requests.map((request) => `  ${request}\n`).join("")}`,
    );
  };
  for (const item of manual) tell(item, `by hand: ${item.remedy.what}`, []);
  if (items.length > 0) {
    await withOkta(items, input, undefined, async (session) => {
      await session.change(({ signal }) => requireSameOrg(session.client, items, signal));
      for (const item of items) {
        const planned: WriteStep[] = [];
        try {
          const { already } = await session.change(
            (call) => session.provisioner.revoke(grantOf(item), { ...call, dryRun: true }),
            planned,
          );
          tell(
            item,
            already ? "is gone already" : "would be taken away",
            planned.map(({ request }) => request),
          );
        } catch (error) {
          if (!(error instanceof Failure) || error.kind === "unauthenticated" || error.kind === "cancelled")
            throw error;
          if (error.kind === "notFound") {
            tell(item, `is gone already: ${error.message}`, []);
            continue;
          }
          failed++;
          tell(item, `would not be: ${error.message}`, []);
        }
      }
      return EXIT.done;
    });
  }
  if (values.output === "json") output.out(`${JSON.stringify({ dryRun: true, items: json }, null, 2)}\n`);
  else
    output.out(
      `Nothing was changed: ${items.length - failed} would be taken away, ${manual.length + failed} are by hand or refused.\n`,
    );
  return EXIT.done;
}

function report(applied: Awaited<ReturnType<typeof applyReview>>, { output, values }: ReviewInput): ExitCode {
  const { success, manual, error, stopped } = applied;
  output.out(
    values.output === "json"
      ? `${JSON.stringify(applied)}\n`
      : `${success} gone, and seen to be; ${manual} by hand; ${error} failed${stopped > 0 ? `; ${stopped} not begun` : ""}.\n`,
  );
  if (stopped > 0) {
    throw new Failure({
      kind: "cancelled",
      message: "stopped before all was carried out",
      advice: "run the same command again: what is done is not done twice",
    });
  }
  return error > 0 ? EXIT.failed : EXIT.done;
}

async function later(review: Review, file: string, input: ReviewInput): Promise<ExitCode> {
  const { output, values } = input;
  if (values["dry-run"])
    throw new Failure({ kind: "usage", message: "apply -f sends nothing: --dry-run does not go with it" });
  await using reader = await openForQuestions(file, { tempDir: values["c1z-temp-dir"] });
  const found = await proveByLaterSync(review, reader, actorOf(input));
  output.out(
    values.output === "json"
      ? `${JSON.stringify(found)}\n`
      : `By ${printable(file)}: ${found.proved} proved to be gone, ${found.refuted} still there or there again, ${found.unknown} not known.\n`,
  );
  return found.refuted + found.unknown > 0 ? EXIT.failed : EXIT.done;
}

function nameOf({ principal, entitlement, resource }: Item): string {
  return `${principal.login || principal.name || principal.id}: ${resource.name || resource.id} (${entitlement.id})`;
}
