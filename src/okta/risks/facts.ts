import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { find } from "../../baton/model/annotations.ts";
import type { Evidence } from "../../baton/model/evidence.ts";
import type { NotKnown } from "../../baton/model/finding.ts";
import type { ResourceKey } from "../../baton/model/ids.ts";
import { type UserTrait, UserTraitSchema } from "../../gen/c1/connector/v2/annotation_trait_pb.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";

export const DAY_MS = 24 * 60 * 60 * 1000;

/** A text of a resource's profile; `""` where it is not there or no text. */
export function profileText(resource: Resource | undefined, name: string): string {
  const value = resource?.profile?.[name];
  return typeof value === "string" ? value : "";
}

/** The texts of a list in a resource's profile; `undefined` where there is no list. */
export function profileTexts(resource: Resource | undefined, name: string): string[] | undefined {
  const value = resource?.profile?.[name];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : undefined;
}

/** A user's raw status at Okta, as `DEPROVISIONED`; `""` where the snapshot does not say. */
export function rawStatus(user: Resource | undefined): string {
  return user?.status?.details || profileText(user, "c1_okta_raw_user_status");
}

/** What the user trait says; `undefined` without one, and where it is corrupt. */
export function traitOf(user: Resource): UserTrait | undefined {
  try {
    return find(user.annotations, UserTraitSchema);
  } catch {
    return undefined;
  }
}

/** Milliseconds since the Unix epoch. */
export function msOf(time: Timestamp | undefined): number | undefined {
  return time && Number(time.seconds) * 1000 + Math.trunc(time.nanos / 1_000_000);
}

/** Whole days from a moment to the one that ages are counted to. */
export function daysSince(evidence: Evidence, ms: number): number {
  return Math.floor((evidence.now - ms) / DAY_MS);
}

export function notKnown(reason: string, subject?: ResourceKey): NotKnown {
  return { notKnown: reason, ...(subject !== undefined && { subject }) };
}

/** What the snapshot says was not readable, as far as it concerns a rule; or that it does not say. */
export function* unreadable(evidence: Evidence, concerns: RegExp): Generator<NotKnown> {
  if (evidence.missing === undefined) yield notKnown("the snapshot does not say what its writer could not read");
  for (const text of evidence.missing ?? []) if (concerns.test(text)) yield notKnown(`not readable: ${text}`);
}
