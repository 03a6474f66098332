import { find } from "../../../baton/model/annotations.ts";
import type { Evidence } from "../../../baton/model/evidence.ts";
import type { NotKnown, Rule } from "../../../baton/model/finding.ts";
import { SecretTraitSchema } from "../../../gen/c1/connector/v2/annotation_trait_pb.ts";
import type { Resource } from "../../../gen/c1/connector/v2/resource_pb.ts";
import { adminsOf, pathTo } from "../admins.ts";
import { notKnown, profileText, unreadable } from "../facts.ts";
import { isSuperRole } from "./admins.ts";

const TYPE = "api-token";

/** Why API tokens are not known; nothing where some were read. */
function* tokenGaps(evidence: Evidence): Generator<NotKnown> {
  if (!evidence.hasType(TYPE)) yield notKnown("API tokens were not read (--sync-secrets)");
  yield* unreadable(evidence, /API tokens/i);
  for (const _ of evidence.resources(TYPE)) return;
  if (evidence.hasType(TYPE)) yield notKnown("no API token is in the snapshot: there is none, or none was shown");
}

function ownerOf(token: Resource): string {
  try {
    return find(token.annotations, SecretTraitSchema)?.identityId?.resource ?? "";
  } catch {
    return "";
  }
}

export const superAdminToken: Rule = {
  id: "super-admin-token",
  title: "An API token of a super administrator",
  severity: "high",
  why: "A token can do what its owner can, without a second factor; this one can do everything",
  remedy: "Use an OAuth service app with the scopes that are needed, or a token of an account with a smaller role",
  sources: ["DISA OKTA-APP-003241"],
  needs: "API tokens (--sync-secrets); admin roles",
  *judge(evidence) {
    yield* tokenGaps(evidence);
    const { users, gaps } = adminsOf(evidence);
    yield* gaps;
    for (const { key, resource } of evidence.resources(TYPE)) {
      const id = ownerOf(resource);
      const owner = { type: "user", id };
      if (id === "") yield notKnown("the owner of an API token is not in the snapshot", key);
      const held = users.get(id)?.find(({ role }) => isSuperRole(role));
      if (held === undefined) continue;
      const what = `belongs to ${evidence.name(owner)}, who is a super administrator`;
      yield { subject: key, what, path: [owner, ...pathTo(held)] };
    }
  },
};

export const tokenWithoutZone: Rule = {
  id: "token-without-network-zone",
  title: "An API token that may be used from anywhere",
  severity: "medium",
  why: "A token that leaks can be used by anybody, from wherever they are",
  remedy: "Allow the token from the network zone of what uses it only",
  sources: ["DISA OKTA-APP-003240"],
  needs: "API tokens (--sync-secrets) with their network (--sync-reach)",
  *judge(evidence) {
    yield* tokenGaps(evidence);
    for (const { key, resource } of evidence.resources(TYPE)) {
      const connection = profileText(resource, "network_connection");
      if (connection === "") yield notKnown("from where an API token may be used is not stated (--sync-reach)", key);
      else if (connection === "ANYWHERE") yield { subject: key, what: "may be used from any network" };
    }
  },
};
