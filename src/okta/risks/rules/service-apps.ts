import type { Rule } from "../../../baton/model/finding.ts";
import { adminsOf, roleNames, serviceAppGaps, worst } from "../admins.ts";
import { DAY_MS, daysSince, msOf, notKnown, profileText } from "../facts.ts";

const MAX_AGE_DAYS = 365;

export const serviceAppOldCredential: Rule = {
  id: "service-app-old-credential",
  title: "A service app with an admin role and a key or secret older than a year",
  severity: "high",
  why: "Whoever has got hold of the credential in that time is an administrator, without a second factor",
  remedy: "Rotate the key or secret, and delete the old one",
  sources: ["general practice"],
  needs: "service apps, their roles and credentials (--sync-reach)",
  *judge(evidence) {
    yield* serviceAppGaps(evidence);
    const { apps } = adminsOf(evidence);
    const seen = new Set<string>();
    for (const { key, resource } of evidence.resources("client-credential")) {
      const id = profileText(resource, "app_id");
      const roles = apps.get(id);
      if (roles === undefined) continue;
      seen.add(id);
      const status = profileText(resource, "status");
      const created = msOf(resource.createdAt);
      if (status === "INACTIVE") continue;
      if (created === undefined) yield notKnown("the age of a credential is not in the snapshot", key);
      else if (evidence.now - created > MAX_AGE_DAYS * DAY_MS) {
        const kind = profileText(resource, "kind") || "credential";
        const what = `has a ${kind} that is ${daysSince(evidence, created)} days old and holds ${roleNames(evidence, roles)}`;
        yield { subject: { type: "app", id }, what, path: [key, worst(roles).role] };
      }
    }
    for (const id of apps.keys()) {
      if (seen.has(id)) continue;
      yield notKnown("no key or secret of a service app with an admin role is in the snapshot", { type: "app", id });
    }
  },
};

export const serviceAppManageScopes: Rule = {
  id: "service-app-manage-scopes",
  title: "A service app that may change the org",
  severity: "medium",
  why: "With a scope okta.*.manage the app changes what its admin role lets it, with nobody signed in",
  remedy: "Leave it the scopes that it uses; okta.*.read is enough where it only reads",
  sources: ["general practice"],
  needs: "API scopes of service apps (--sync-reach)",
  *judge(evidence) {
    if (!evidence.hasType("api-scope")) {
      yield notKnown("API scopes of service apps were not read (--sync-reach)");
      return;
    }
    yield* serviceAppGaps(evidence);
    const scopes = new Map<string, string[]>();
    for (const { id, resource } of evidence.entitlements("api-scope", "granted")) {
      if (!/^okta\..+\.manage(\.|$)/.test(resource.id)) continue;
      for (const { principal } of evidence.grants({ entitlementId: id })) {
        if (principal.type === "app") scopes.set(principal.id, [...(scopes.get(principal.id) ?? []), resource.id]);
      }
    }
    for (const [id, all] of scopes) {
      const sorted = all.sort();
      yield {
        subject: { type: "app", id },
        what: `may ask for ${sorted.join(", ")}`,
        path: sorted.map((scope) => ({ type: "api-scope", id: scope })),
      };
    }
  },
};
