import type { Json } from "../../connector.ts";
import type { Evidence } from "../../model/evidence.ts";
import type { Finding, RuleDescription, Severity } from "../../model/finding.ts";
import { type ResourceKey, resourceKey } from "../../model/ids.ts";
import type { RuleOutcome } from "./findings.ts";
import type { Suppressed, Suppression } from "./suppressions.ts";

/** SARIF's levels and, for code scanning, a score as CVSS has it: 9 and more is critical, 7 high, 4 medium. */
const LEVELS: Readonly<Record<Severity, { level: string; score: string }>> = {
  low: { level: "note", score: "3.0" },
  medium: { level: "warning", score: "5.5" },
  high: { level: "error", score: "8.0" },
  critical: { level: "error", score: "9.5" },
};

/** What a SARIF document is made of. */
export interface SarifInput {
  readonly outcomes: readonly RuleOutcome[];
  readonly result: Suppressed;
  readonly evidence: Evidence;
  /** The snapshot, as a relative path or a name. */
  readonly file: string;
  readonly version: string;
}

/**
 * Findings as a SARIF 2.1.0 document: suppressed ones with their suppression, what is not known as notifications of the
 * invocation. Source: OASIS, Static Analysis Results Interchange Format 2.1.0.
 */
export function sarifOf({ outcomes, result, evidence, file, version }: SarifInput): Json {
  const index = new Map(outcomes.map(({ rule }, i) => [rule.id, i]));
  const found = (finding: Finding, suppression?: Suppression) =>
    resultOf(finding, suppression, index.get(finding.rule.id)!, evidence, file);
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "baton-okta", version, rules: outcomes.map(({ rule }) => ruleOf(rule)) } },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: [
              ...outcomes.flatMap(({ rule, gaps }) =>
                gaps.map(({ reason, subjects }) => ({
                  level: "warning",
                  message: { text: `not known: ${reason}${subjects > 0 ? ` (${subjects})` : ""}` },
                  associatedRule: { id: rule.id, index: index.get(rule.id)! },
                })),
              ),
              ...result.notices.map((text) => ({ level: "note", message: { text } })),
            ],
          },
        ],
        results: [
          ...result.counting.map((finding) => found(finding)),
          ...result.suppressed.map(({ finding, suppression }) => found(finding, suppression)),
        ],
      },
    ],
  };
}

function ruleOf({ id, title, severity, why, remedy, sources, needs }: RuleDescription): Json {
  const { level, score } = LEVELS[severity];
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: `${why}.` },
    help: { text: `${remedy}. Source: ${sources.join(", ")}. Needs: ${needs}.` },
    defaultConfiguration: { level },
    properties: { "security-severity": score, tags: ["security", ...sources] },
  };
}

function resultOf(
  { rule, severity, subject, what, path, fingerprint }: Finding,
  suppression: Suppression | undefined,
  ruleIndex: number,
  evidence: Evidence,
  file: string,
): Json {
  const nameOf = (key: ResourceKey) => `${key.type} ${evidence.name(key)}`;
  const way = path.length === 0 ? "" : ` (${[subject, ...path].map(nameOf).join(" > ")})`;
  return {
    ruleId: rule.id,
    ruleIndex,
    level: LEVELS[severity].level,
    message: { text: `${nameOf(subject)} ${what}${way}. ${rule.remedy}.` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: encodeURI(file) }, region: { startLine: 1 } },
        logicalLocations: [subject, ...path].map((key) => ({
          name: evidence.name(key),
          fullyQualifiedName: resourceKey(key.type, key.id),
          kind: key.type,
        })),
      },
    ],
    partialFingerprints: { "finding/v1": fingerprint },
    ...(suppression !== undefined && {
      suppressions: [
        {
          kind: "external",
          status: "accepted",
          justification: suppression.reason,
          properties: { expires: suppression.expires },
        },
      ],
    }),
    properties: { severity },
  };
}
