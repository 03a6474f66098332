import type { JsonObject } from "@bufbuild/protobuf";
import { text } from "../../baton/model/values.ts";
import type { OktaApp } from "../api/json/objects.ts";
import { clientIdOf, isServiceApp } from "./service-app.ts";

/** What the profile of an OpenID Connect app says of it as a client (docs/reach.md); nothing of any other app. */
export function clientProfile(app: OktaApp): JsonObject {
  if (app.signOnMode !== "OPENID_CONNECT") return {};
  const { application_type: type, grant_types: grants, jwks_uri: jwksUri } = app.settings?.oauthClient ?? {};
  const stated = {
    client_id: clientIdOf(app),
    application_type: text(type),
    token_endpoint_auth_method: text(app.credentials?.oauthClient?.token_endpoint_auth_method),
    jwks_uri: text(jwksUri),
  };
  return {
    ...Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== "")),
    ...(Array.isArray(grants) && { grant_types: grants.map(text).filter((grant) => grant !== "") }),
    service_app: isServiceApp(app),
  };
}
