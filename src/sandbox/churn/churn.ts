import type { Org } from "../org/org.ts";
import type { Random } from "../org/random.ts";
import { ADMIN_CHANGES } from "./admins.ts";
import { APP_CHANGES } from "./apps.ts";
import type { Change, ChangeKind } from "./change.ts";
import { DEVICE_AND_TOKEN_CHANGES } from "./devices.ts";
import { GROUP_CHANGES } from "./groups.ts";
import { USER_CHANGES } from "./users.ts";

export type { Change } from "./change.ts";

const KINDS: readonly ChangeKind[] = [
  ...[...USER_CHANGES, ...GROUP_CHANGES, ...APP_CHANGES, ...ADMIN_CHANGES, ...DEVICE_AND_TOKEN_CHANGES],
];
const TOTAL_WEIGHT = KINDS.reduce((sum, { weight }) => sum + weight, 0);

/** Every kind of change that {@link churn} makes. */
export const CHANGE_KINDS: readonly string[] = KINDS.map(({ kind }) => kind);

/** Who acts in the log where the org is churned. */
const ADMIN = { id: "00uChurn000000000000", type: "User", alternateId: "churn@acme.example", displayName: "Churn" };

/**
 * Changes an org at random, `n` times, as its admins, its users and its imports would, with all that follows from each
 * change and with its events. The same org and the same random numbers give the same changes. Answers what was done.
 */
export function churn(org: Org, random: Random, n: number): Change[] {
  const before = org.random;
  org.random = random;
  try {
    return Array.from({ length: n }, () =>
      org.log.attributedTo({ actor: ADMIN, requestId: random.id("req") }, () => changeOnce(org, random)),
    );
  } finally {
    org.random = before;
  }
}

function changeOnce(org: Org, random: Random): Change {
  // A kind of which there is nothing in the org gives way to another; users can always be created.
  for (;;) {
    const { kind, apply } = pickKind(random);
    const objects = apply(org, random);
    if (objects !== undefined) return { kind, objects };
  }
}

function pickKind(random: Random): ChangeKind {
  let rest = random.below(TOTAL_WEIGHT);
  for (const kind of KINDS) {
    rest -= kind.weight;
    if (rest < 0) return kind;
  }
  return KINDS[0]!;
}
