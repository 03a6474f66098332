import { text } from "../../baton/model/values.ts";
import type { OktaApp } from "../api/json/objects.ts";
import type { Readable } from "../resource/readable.ts";

/** An OAuth app that acts by itself. */
export interface ServiceApp {
  /** The app's id. */
  readonly id: string;
  /** The id by which it signs in: the app's id, unless another one was asked for when the app was made. */
  readonly clientId: string;
}

/** A page of the apps that act by themselves; `next`: the path of the next page of all apps. */
export type ServiceAppsPage = Readable<ServiceApp> & { readonly next?: string };

/**
 * Whether an app gets tokens for itself rather than for somebody who signs in: only such an app can hold admin roles.
 * Source: Okta Management API, `application_type` and `grant_types` of OpenID Connect apps.
 */
export function isServiceApp(app: OktaApp): boolean {
  const { application_type: type, grant_types: grants } = app.settings?.oauthClient ?? {};
  if (app.signOnMode !== "OPENID_CONNECT") return false;
  return type === "service" || (Array.isArray(grants) && grants.includes("client_credentials"));
}

/** The id by which an OAuth app signs in; `""` where Okta names none. */
export function clientIdOf(app: OktaApp): string {
  return text(app.credentials?.oauthClient?.client_id);
}
