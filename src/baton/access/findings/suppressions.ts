import { didYouMean } from "../../../runtime/did-you-mean.ts";
import { Failure } from "../../../runtime/failure.ts";
import type { Finding } from "../../model/finding.ts";
import { resourceKey } from "../../model/ids.ts";

/** A finding that somebody has looked at and accepts for a while. */
export interface Suppression {
  /** The rule's id. */
  readonly rule: string;
  /** The key of the finding's subject, as `user:00u1abcd`. */
  readonly subject: string;
  readonly reason: string;
  /** The last day on which it counts, as `2027-03-31` (UTC), as it is written in the file. */
  readonly expires: string;
}

/** What suppressions did. */
export interface Suppressed {
  readonly counting: readonly Finding[];
  readonly suppressed: readonly { readonly finding: Finding; readonly suppression: Suppression }[];
  /** What is to be reported of the file: suppressions that have expired, or that no finding matches. */
  readonly notices: readonly string[];
}

const FIELDS = ["rule", "subject", "reason", "expires"] as const;

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Checks what a file of suppressions holds: a list, or an object with the list `suppressions`, each with rule, subject,
 * reason and expires. Throws a {@link Failure} of kind `usage` that names `path` and the entry: what is not understood
 * must not hide a finding, nor fail to.
 */
export function readSuppressions(path: string, root: unknown, rules: readonly string[]): Suppression[] {
  const list = isRecord(root) && Object.keys(root).length === 1 ? root.suppressions : root;
  if (!Array.isArray(list)) throw wrong(`${path} holds no list of suppressions`);
  return list.map((entry: unknown, i) => {
    const at = `suppression ${i + 1} in ${path}`;
    if (!isRecord(entry)) throw wrong(`${at} is no object`);
    const other = Object.keys(entry).find((key) => !(FIELDS as readonly string[]).includes(key));
    if (other !== undefined) throw wrong(`${at} has a field ${JSON.stringify(other)}`);
    for (const field of FIELDS) {
      const value = entry[field];
      if (typeof value !== "string" || value.trim() === "") throw wrong(`${at} has no ${field}`);
    }
    const suppression = entry as unknown as Suppression;
    if (endOf(suppression.expires) === undefined) {
      throw wrong(`${at} expires at ${JSON.stringify(suppression.expires)}, which is no day such as 2027-03-31`);
    }
    if (!rules.includes(suppression.rule)) {
      const suggestion = didYouMean(suppression.rule, rules);
      const rule = JSON.stringify(suppression.rule);
      throw wrong(`${at} names the rule ${rule}, which there is not`, suggestion && `did you mean ${suggestion}?`);
    }
    return suppression;
  });
}

/** Takes out of `findings` what is suppressed at `now` (milliseconds since the Unix epoch). */
export function suppress(findings: readonly Finding[], suppressions: readonly Suppression[], now: number): Suppressed {
  const byKey = new Map<string, Suppression[]>();
  for (const one of suppressions) byKey.set(keyOf(one), [...(byKey.get(keyOf(one)) ?? []), one]);
  const counting: Finding[] = [];
  const suppressed: { finding: Finding; suppression: Suppression }[] = [];
  const used = new Set<Suppression>();
  for (const finding of findings) {
    const { type, id } = finding.subject;
    const all = byKey.get(keyOf({ rule: finding.rule.id, subject: resourceKey(type, id) })) ?? [];
    for (const one of all) used.add(one);
    const valid = all.find(({ expires }) => now < endOf(expires)!);
    if (valid === undefined) counting.push(finding);
    else suppressed.push({ finding, suppression: valid });
  }
  const notices = suppressions.flatMap((one) => {
    const what = `the suppression of ${one.rule} for ${one.subject}`;
    if (!used.has(one)) return [`${what} matches no finding; take it out of the file, or correct the subject`];
    return now < endOf(one.expires)! ? [] : [`${what} has expired on ${one.expires}: its findings count again`];
  });
  return { counting, suppressed, notices };
}

/** The moment from which on a suppression does not count: the end of its day, or the moment that is written. */
function endOf(expires: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?Z)?$/.test(expires)) return undefined;
  const ms = Date.parse(expires);
  const isDay = expires.length === "2027-03-31".length;
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== expires.slice(0, 10)) return undefined;
  return isDay ? ms + DAY_MS : ms;
}

function keyOf({ rule, subject }: Pick<Suppression, "rule" | "subject">): string {
  return `${rule} ${subject}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(message: string, advice = "each takes rule, subject, reason and expires, as texts"): Failure {
  return new Failure({ kind: "usage", message, advice });
}
