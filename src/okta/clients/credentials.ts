import { create } from "@bufbuild/protobuf";
import type { Call, Cursor, Listed, Page, ResourceTypeSupport } from "../../baton/connector.ts";
import { pack } from "../../baton/model/annotations.ts";
import { isObject, text, timestamp } from "../../baton/model/values.ts";
import { SecretTrait_CredentialType, SecretTraitSchema } from "../../gen/c1/connector/v2/annotation_trait_pb.ts";
import { type Resource, ResourceSchema, Status_ResourceStatus } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { OktaApp, OktaClientCredential } from "../api/json/objects.ts";
import { badPageToken, nextCursors, segment } from "../api/paths.ts";
import { allRefused, readable } from "../resource/readable.ts";
import { inField, pageOrRefusal, readOne, readPage } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { appType, clientCredentialType } from "../resource/types.ts";
import { clientIdOf, isServiceApp, type ServiceApp } from "./service-app.ts";
import { ofEachServiceApp } from "./service-apps.ts";

/** The sorts of credentials, where Okta lists them, and how the list is wrapped. */
const KINDS = {
  key: { path: "jwks", what: "keys of service apps", options: { items: inField("keys") } },
  secret: { path: "secrets", what: "secrets of service apps", options: {} },
} as const;

type Kind = keyof typeof KINDS;

const WHY = "reading them takes an admin role that may view the credentials of apps and, with OAuth, okta.apps.read";

const STATES: Readonly<Record<string, "ENABLED" | "DISABLED">> = { ACTIVE: "ENABLED", INACTIVE: "DISABLED" };

/**
 * Keys and secrets with which service apps sign in: that they are there and how old they are, never their values.
 * Source: Okta Management API, List all the OAuth 2.0 client JSON Web Keys; List all OAuth 2.0 client secrets.
 */
export function clientCredentials(source: Source): ResourceTypeSupport {
  function credentialsOf(app: ServiceApp, kind: Kind, cursor: Cursor | undefined, call: Call): Promise<Page<Listed>> {
    const { path, what, options } = KINDS[kind];
    const on = `app ${app.id}`;
    const read = async () => {
      const first = `/api/v1/apps/${segment(app.id)}/credentials/${path}`;
      const page = await readPage<OktaClientCredential>(source, cursor, first, call, options);
      const found = readable(page.items, (one) => nameOf(one) !== "", {
        ...{ what, why: "Okta's answer holds one without an id", on },
      });
      return {
        items: found.items.map((one) => ({ resource: credentialResource(app, kind, one), grants: [] })),
        next: nextCursors(page.next, { app: app.id, client: app.clientId, kind }),
        ...allRefused(found),
      };
    };
    return pageOrRefusal<Page<Listed>>(read, { what, why: WHY, on }, true);
  }

  return {
    type: clientCredentialType,
    list: (cursor, call) =>
      ofEachServiceApp<Page<Listed>>(source, cursor, call, async (app, at) => {
        if (at.kind === "secret" || at.kind === "key") return credentialsOf(app, at.kind, at, call);
        if (at.kind !== undefined) throw badPageToken();
        const page = await credentialsOf(app, "key", undefined, call);
        return { ...page, next: [...page.next, { app: app.id, client: app.clientId, kind: "secret" }] };
      }),
    subjectOf: ({ app }) =>
      typeof app === "string" ? { what: `the keys and secrets of app ${app}`, on: `app ${app}` } : undefined,
    async get(id, call) {
      const slash = id.indexOf(":");
      if (slash < 1) return undefined;
      const found = await readOne<OktaApp>(source, "/api/v1/apps", id.slice(0, slash), call);
      if (found === undefined || !isServiceApp(found)) return undefined;
      const app = { id: id.slice(0, slash), clientId: clientIdOf(found) || id.slice(0, slash) };
      for (const kind of ["key", "secret"] as const) {
        for (let cursor: Cursor | undefined = {}; cursor !== undefined; ) {
          const page: Page<Listed> = await credentialsOf(app, kind, cursor, call);
          const one = page.items.find(({ resource }) => resource.id?.resource === id);
          if (one !== undefined) return one;
          cursor = page.next[0];
        }
      }
      return undefined;
    },
  };
}

/** What names a credential: its id, or of a key that has none its own id as a key. */
function nameOf(credential: OktaClientCredential): string {
  return isObject(credential) ? text(credential.id) || text(credential.kid) : "";
}

function credentialResource(app: ServiceApp, kind: Kind, credential: OktaClientCredential): Resource {
  const identity = { resourceType: appType.id, resource: app.id };
  const status = text(credential.status);
  const createdAt = timestamp(credential.created);
  const stated = {
    status,
    last_updated: text(credential.lastUpdated),
    ...(kind === "key" && {
      key_id: text(credential.kid),
      algorithm: text(credential.alg),
      use: text(credential.use),
    }),
  };
  const types = SecretTrait_CredentialType;
  return create(ResourceSchema, {
    id: { resourceType: clientCredentialType.id, resource: `${app.id}:${nameOf(credential)}` },
    displayName: kind === "key" ? text(credential.kid) || nameOf(credential) : nameOf(credential),
    annotations: [
      pack(SecretTraitSchema, {
        identityId: identity,
        credentialType: kind === "key" ? types.ASYMMETRIC_KEY : types.STATIC_SECRET,
        credentialDetail: kind === "key" ? "okta.client_key" : "okta.client_secret",
      }),
    ],
    profile: {
      app_id: app.id,
      client_id: app.clientId,
      kind,
      ...Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== "")),
    },
    status: { status: Status_ResourceStatus[STATES[status] ?? "UNSPECIFIED"], details: status },
    ...(createdAt && { createdAt }),
  });
}
