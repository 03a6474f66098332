import type { DatabaseSync } from "node:sqlite";
import { create, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { SkipEntitlementsAndGrantsSchema } from "../../../gen/c1/connector/v2/annotation_resource_tree_pb.ts";
import { SecurityInsightTraitSchema } from "../../../gen/c1/connector/v2/annotation_security_insight_pb.ts";
import { V1IdentifierSchema } from "../../../gen/c1/connector/v2/annotation_v1_identifier_pb.ts";
import {
  type Resource,
  ResourceSchema,
  ResourceType_Trait,
  ResourceTypeSchema,
} from "../../../gen/c1/connector/v2/resource_pb.ts";
import { evidenceOf } from "../../access/findings/evidence.ts";
import { judge } from "../../access/findings/findings.ts";
import { pack } from "../../model/annotations.ts";
import type { Evidence } from "../../model/evidence.ts";
import type { Finding, Rule } from "../../model/finding.ts";
import { resourceKey } from "../../model/ids.ts";
import { INSIGHT_TYPE } from "../../model/insight.ts";
import { SyncContent } from "../../snapshot/content.ts";
import { formatTime } from "../../snapshot/time.ts";

/** What rules came to in a sync: how much they found, and how many of them could not be judged, or not in all cases. */
export interface Judged {
  readonly findings: number;
  readonly notJudged: number;
}

const insightType = create(ResourceTypeSchema, {
  id: INSIGHT_TYPE,
  displayName: "Security Insight",
  description: "What is dangerous about a user or a resource, by the rules of this program",
  traits: [ResourceType_Trait.SECURITY_INSIGHT],
  annotations: [pack(V1IdentifierSchema, { id: INSIGHT_TYPE }), pack(SkipEntitlementsAndGrantsSchema, {})],
});

/**
 * Judges a sync that holds all it will, and adds what was found as resources, each bound to whom or what it is about. What
 * is not known is no resource: a platform has no place for it. `missing`: what could not be read; `now`: the moment that
 * ages are counted to, in milliseconds since the Unix epoch. Belongs into a transaction of the caller's.
 */
export function addInsights(
  db: DatabaseSync,
  syncId: string,
  rules: readonly Rule[],
  missing: readonly string[],
  now: number,
): Judged {
  const evidence: Evidence = { ...evidenceOf(new SyncContent(db, syncId), now), missing };
  const at = formatTime(now);
  db.prepare("INSERT INTO v1_resource_types (external_id, data, sync_id, discovered_at) VALUES (?, ?, ?, ?)").run(
    INSIGHT_TYPE,
    toBinary(ResourceTypeSchema, insightType),
    syncId,
    at,
  );
  const insert = db.prepare(
    `INSERT INTO v1_resources (resource_type_id, external_id, data, sync_id, discovered_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
  );
  const outcomes = judge(rules, evidence);
  let findings = 0;
  for (const finding of outcomes.flatMap((outcome) => outcome.findings)) {
    const data = toBinary(ResourceSchema, insightOf(finding, evidence));
    findings += Number(
      insert.run(INSIGHT_TYPE, resourceKey(INSIGHT_TYPE, finding.fingerprint), data, syncId, at).changes,
    );
  }
  return { findings, notJudged: outcomes.filter(({ gaps }) => gaps.length > 0).length };
}

/** A finding as a resource. Its id is the finding's fingerprint, so it is the same in every sync. */
function insightOf({ rule, severity, subject, what, path, fingerprint }: Finding, evidence: Evidence): Resource {
  const name = evidence.name(subject);
  const { id, title, why, remedy, sources } = rule;
  return create(ResourceSchema, {
    id: { resourceType: INSIGHT_TYPE, resource: fingerprint },
    displayName: `${title}: ${name}`,
    description: `${subject.type} ${name} ${what}. ${why}. ${remedy}.`,
    annotations: [
      pack(SecurityInsightTraitSchema, {
        insightType: {
          case: "issue",
          value: { value: title, severity: `${severity[0]!.toUpperCase()}${severity.slice(1)}` },
        },
        observedAt: timestampFromMs(evidence.now),
        target: { case: "resourceId", value: { resourceType: subject.type, resource: subject.id } },
      }),
    ],
    profile: {
      rule: id,
      severity,
      what,
      why,
      remedy,
      sources: [...sources],
      path: path.map((key) => resourceKey(key.type, key.id)),
      path_names: path.map((key) => evidence.name(key)),
    },
  });
}
