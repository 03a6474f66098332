import type { Json } from "../../connector.ts";
import type { Evidence } from "../../model/evidence.ts";
import type { Finding, RuleDescription, Severity } from "../../model/finding.ts";
import { type ResourceKey, resourceKey } from "../../model/ids.ts";
import { namesOf } from "../names.ts";
import type { Gap, RuleOutcome } from "./findings.ts";
import type { Suppressed } from "./suppressions.ts";

/** The schema's version: the first with this class. Source: https://schema.ocsf.io/1.6.0/classes/iam_analysis_finding. */
const OCSF_VERSION = "1.6.0";
const CLASS_IAM_ANALYSIS_FINDING = 2008;
const CATEGORY_FINDINGS = 2;
const ACTIVITY_CREATE = 1;
const ANALYTIC_RULE = 1;
const USER_TYPE = 1;

const SEVERITY_IDS: Readonly<Record<Severity, { id: number; name: string }>> = {
  low: { id: 2, name: "Low" },
  medium: { id: 3, name: "Medium" },
  high: { id: 4, name: "High" },
  critical: { id: 5, name: "Critical" },
};
const UNKNOWN = { id: 0, name: "Unknown" };

const NEW = { status_id: 1, status: "New" };
const SUPPRESSED = { status_id: 3, status: "Suppressed" };
/** Nothing was found, and nothing can be said to be fine. */
const NOT_KNOWN = { status_id: 99, status: "Not known" };

/** What events are made of. */
export interface OcsfInput {
  readonly outcomes: readonly RuleOutcome[];
  readonly result: Suppressed;
  readonly evidence: Evidence;
  readonly syncId: string;
  /** When the snapshot was taken, in milliseconds since the Unix epoch. */
  readonly time: number;
  /** The program's version. */
  readonly version: string;
}

/**
 * Findings as OCSF 1.6 *IAM Analysis Finding* events (2008), a line each: what counts, what is suppressed, and what is
 * not known, which has the status `Not known` and no severity.
 */
export function* ocsfFindings(input: OcsfInput): Generator<string> {
  const { outcomes, result } = input;
  for (const finding of result.counting) yield line(ofFinding(finding, NEW, input));
  for (const { finding, suppression } of result.suppressed) {
    const reason = `${suppression.reason} (until ${suppression.expires})`;
    yield line({ ...ofFinding(finding, SUPPRESSED, input), status_detail: reason });
  }
  for (const { rule, gaps } of outcomes) for (const gap of gaps) yield line(ofGap(rule, gap, input));
}

function line(event: object): string {
  return `${JSON.stringify(event)}\n`;
}

function ofFinding({ rule, severity, subject, what, path, fingerprint }: Finding, status: object, input: OcsfInput) {
  const { evidence } = input;
  const sentence = `${subject.type} ${evidence.name(subject)} ${what}`;
  return {
    ...common(rule, fingerprint, sentence, SEVERITY_IDS[severity], input),
    ...status,
    ...about(subject, evidence),
    permission_analysis_results: [{ policy: policyOf(path.at(-1) ?? subject, evidence) }],
    resources: [subject, ...path].map((key) => resourceOf(key, evidence)),
  };
}

function ofGap(rule: RuleDescription, { reason, subjects, example }: Gap, input: OcsfInput) {
  const { evidence } = input;
  const sentence = `not known: ${reason}${subjects > 1 ? ` (${subjects} of them)` : ""}`;
  return {
    ...common(rule, `${rule.id}: ${reason}`, sentence, UNKNOWN, input),
    ...NOT_KNOWN,
    ...(example === undefined ? {} : about(example, evidence)),
    permission_analysis_results: [{ policy: { uid: rule.id, name: rule.title, type: "rule" } }],
    resources: example === undefined ? [] : [resourceOf(example, evidence)],
  };
}

function common(
  { id, title, why, remedy, sources }: RuleDescription,
  uid: string,
  sentence: string,
  severity: { readonly id: number; readonly name: string },
  { syncId, time, version }: OcsfInput,
) {
  const product = { name: "baton-okta", vendor_name: "baton-okta", version };
  return {
    activity_id: ACTIVITY_CREATE,
    activity_name: "Create",
    category_uid: CATEGORY_FINDINGS,
    category_name: "Findings",
    class_uid: CLASS_IAM_ANALYSIS_FINDING,
    class_name: "IAM Analysis Finding",
    type_uid: CLASS_IAM_ANALYSIS_FINDING * 100 + ACTIVITY_CREATE,
    type_name: "IAM Analysis Finding: Create",
    severity_id: severity.id,
    severity: severity.name,
    time,
    message: sentence,
    metadata: { version: OCSF_VERSION, product, uid: `${syncId}:${uid}`, correlation_uid: syncId },
    finding_info: {
      uid,
      title,
      desc: `${sentence}. ${why}.`,
      analytic: { uid: id, name: title, type_id: ANALYTIC_RULE, type: "Rule", category: sources.join(", ") },
      types: [id],
    },
    remediation: { desc: `${remedy}.` },
  };
}

/** Whom or what it is about, where the class has a place for it. */
function about(key: ResourceKey, evidence: Evidence): Record<string, Json> {
  const name = evidence.name(key);
  if (key.type === "app") return { applications: [{ uid: key.id, name }] };
  if (key.type !== "user") return {};
  const { name: full, login, email } = namesOf(evidence.find(key));
  return {
    user: {
      uid: key.id,
      name: login || name,
      ...(full !== "" && { full_name: full }),
      ...(email !== "" && { email_addr: email }),
      type_id: USER_TYPE,
      type: "User",
    },
  };
}

function policyOf(key: ResourceKey, evidence: Evidence): Json {
  return { uid: resourceKey(key.type, key.id), name: evidence.name(key), type: key.type, is_applied: true };
}

function resourceOf(key: ResourceKey, evidence: Evidence): Json {
  return { uid: resourceKey(key.type, key.id), name: evidence.name(key), type: key.type };
}
