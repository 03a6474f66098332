/** The ways in which what was pushed can differ from what Okta says, each with what to do. */
export const DRIFT_SORTS = {
  "missed-deactivation": {
    what: "Deactivated in Okta, active here: the deactivation never arrived",
    advice: "push it again: in the app, remove and assign the person again, or deactivate the person here by PATCH",
  },
  "unknown-in-okta": {
    what: "Active here, not in Okta: deleted there",
    advice: "deactivate the person here by PATCH, or DELETE /Users/{id}",
  },
  "member-not-removed": {
    what: "In the group here, not in Okta: the removal never arrived",
    advice: "in the app's Push Groups, push the group again",
  },
  "member-not-added": {
    what: "In the group in Okta and pushed as a user, not in the group here",
    advice: "in the app's Push Groups, push the group again",
  },
  "group-unknown": {
    what: "Pushed, and not in Okta: deleted or renamed there",
    advice: "if it is gone, DELETE /Groups/{id}; if it was renamed, push it again",
  },
  "group-ambiguous": {
    what: "Several groups in Okta have this name: which of them was pushed is not known, so its members were not compared",
    advice: "give the groups names of their own in Okta",
  },
  "suspended-in-okta": {
    what: "Suspended in Okta, active here: Okta does not push a suspension",
    advice: "nothing here; take the status from a sync of the API where it matters",
  },
  "inactive-here": {
    what: "Active in Okta, deactivated here",
    advice: "right if the person was taken out of the app; else assign the person again",
  },
  "not-pushed": {
    what: "Active in Okta, never pushed",
    advice: "right if the person is not assigned to the app; else retry under Dashboard > Tasks in Okta",
  },
} as const;

export type DriftSort = keyof typeof DRIFT_SORTS;

/** Those that mean that something went wrong; the others may be as they should be. */
export const WRONG: readonly DriftSort[] = [
  "missed-deactivation",
  "unknown-in-okta",
  "member-not-removed",
  "member-not-added",
  "group-unknown",
  "group-ambiguous",
];

/** One difference. */
export interface Finding {
  readonly sort: DriftSort;
  /** Whom it is about, as both sources name the person. */
  readonly user?: { readonly id: string; readonly login: string };
  readonly group?: { readonly id: string; readonly name: string };
}
