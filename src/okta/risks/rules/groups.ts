import type { Rule } from "../../../baton/model/finding.ts";
import type { ResourceKey } from "../../../baton/model/ids.ts";
import { adminsOf, roleNames, worst } from "../admins.ts";
import { notKnown, profileText, profileTexts, rawStatus, unreadable } from "../facts.ts";

export const ruleFeedsAdminGroup: Rule = {
  id: "rule-feeds-admin-group",
  title: "A group rule that makes administrators",
  severity: "high",
  why: "Whoever can change what the rule looks at, a department say, in a profile or in the source of profiles, decides who is an administrator",
  remedy: "Put people into groups with an admin role by hand or by an access request",
  sources: ["general practice"],
  needs: "group rules (--sync-reach); admin roles",
  *judge(evidence) {
    const { groups, gaps } = adminsOf(evidence);
    yield* gaps;
    if (!evidence.hasType("group-rule")) {
      yield notKnown("group rules were not read (--sync-reach)");
      return;
    }
    yield* unreadable(evidence, /group rules/i);
    for (const { key, resource } of evidence.resources("group-rule")) {
      if (profileText(resource, "status") !== "ACTIVE") continue;
      for (const id of profileTexts(resource, "group_ids") ?? []) {
        const roles = groups.get(id);
        if (roles === undefined) continue;
        const group: ResourceKey = { type: "group", id };
        const what = `puts people into ${evidence.name(group)}, which holds ${roleNames(evidence, roles)}`;
        yield { subject: key, what, path: [group, worst(roles).role] };
      }
    }
  },
};

export const groupOwnerGone: Rule = {
  id: "group-owner-gone",
  title: "A group whose owner is gone",
  severity: "medium",
  why: "Nobody answers for who is in the group, and reviews of it go to nobody",
  remedy: "Name another owner",
  sources: ["general practice"],
  needs: "owners of groups (--sync-reach)",
  *judge(evidence) {
    const owned = [...evidence.entitlements("group", "owner")];
    if (owned.length === 0) {
      yield notKnown("owners of groups were not read (--sync-reach)");
      return;
    }
    yield* unreadable(evidence, /owner/i);
    for (const { id, resource } of owned) {
      for (const { principal } of evidence.grants({ entitlementId: id })) {
        const owner = evidence.find(principal);
        const status = principal.type === "user" ? rawStatus(owner) : "";
        if (owner === undefined || status === "DEPROVISIONED" || status === "SUSPENDED") {
          const how = owner === undefined ? "is not in the org" : `is ${status}`;
          yield { subject: resource, what: `is owned by ${evidence.name(principal)}, who ${how}`, path: [principal] };
        } else if (principal.type === "user" && status === "") {
          yield notKnown("the status of an owner is not in the snapshot", principal);
        }
      }
    }
  },
};
