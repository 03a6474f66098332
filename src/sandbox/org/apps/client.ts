import type { Org } from "../org.ts";
import type { AppEntry, JsonObject } from "../types.ts";

/**
 * An API service app that signs in with a key, in no list of the org's apps. Answers a function that gives its active
 * public keys, whatever has become of them.
 */
export function registerClient(org: Org, clientId: string, key: JsonObject): () => readonly JsonObject[] {
  const now = org.now();
  const app: AppEntry = {
    index: -1,
    record: {
      ...{ id: clientId, name: "oidc_client", label: "API client", status: "ACTIVE", signOnMode: "OPENID_CONNECT" },
      ...{ created: now, lastUpdated: now },
    },
    ...{ users: [], userRows: new Map(), groups: [], groupRows: new Map(), grants: [], keys: [], secrets: [] },
  };
  org.clientApps.set(clientId, app);
  // It is there before anything happens: in no log, and its id is taken from no sequence.
  app.keys.push({ id: `pks${clientId.slice(3)}`, ...key, status: "ACTIVE", created: now, lastUpdated: now });
  return () => app.keys.filter(({ status }) => status === "ACTIVE");
}
