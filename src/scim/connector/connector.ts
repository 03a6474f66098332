import type { Connector } from "../../baton/connector.ts";
import { Failure } from "../../runtime/failure.ts";
import type { ScimStore } from "../store/store.ts";
import { createFeed } from "./events.ts";
import { groups } from "./groups.ts";
import { users } from "./users.ts";

/** What the connector is made of. */
export interface ScimConnectorParts {
  readonly store: ScimStore;
  /** Where a person finds the org that pushes, as `https://acme.okta.com`, where it is known. */
  readonly externalUrl?: string;
}

/**
 * A connector over what Okta pushed: users, groups and who is in them. It changes nothing: what is pushed is changed in
 * Okta.
 */
export function createScimConnector({ store, externalUrl }: ScimConnectorParts): Connector {
  return {
    metadata: {
      displayName: "Okta (pushed)",
      description: "Reads the users and groups that an Okta org has pushed by SCIM",
      ...(externalUrl !== undefined && { externalUrl }),
    },
    types: [users(store), groups(store)],
    events: createFeed(store),
    async validate() {
      const somebody = await store.db.selectFrom("scim_user").select("id").limit(1).executeTakeFirst();
      // Taken for an org without users, it would empty whatever is made from the snapshot.
      if (somebody === undefined) throw nobody();
    },
    close: () => store.close(),
  };
}

function nobody(): Failure {
  return new Failure({
    kind: "failedPrecondition",
    message: "nobody has been pushed into this SCIM store yet",
    advice: "assign people to the app in Okta, and see that --store is the one that baton-okta scim writes",
  });
}
