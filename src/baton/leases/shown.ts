import { GrantMetadataSchema } from "../../gen/c1/connector/v2/annotation_grant_pb.ts";
import type { Grant } from "../../gen/c1/connector/v2/grant_pb.ts";
import { find } from "../model/annotations.ts";

/** What a grant in a snapshot says of its lease: when it ends, or that it was given again after one had ended; else `""`. */
export function temporaryText(grant: Grant): string {
  const { lease_ends: ends, lease_ended: ended } = find(grant.annotations, GrantMetadataSchema)?.metadata ?? {};
  if (typeof ends === "string") return `until ${ends}`;
  return typeof ended === "string" ? `given again after ${ended}` : "";
}
