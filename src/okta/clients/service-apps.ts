import type { Call, Cursor, Page } from "../../baton/connector.ts";
import type { OktaApp } from "../api/json/objects.ts";
import { badPageToken, nextCursors, pathAt } from "../api/paths.ts";
import { once } from "../resource/memo.ts";
import { identified } from "../resource/readable.ts";
import { readPage } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { clientIdOf, isServiceApp, type ServiceApp, type ServiceAppsPage } from "./service-app.ts";

/** Source: Okta Management API, List all applications. Service apps of the catalogue have names of their own. */
const APPS = "/api/v1/apps?limit=200";

/** A page of the service apps. Pages are read once a sync, whoever asks for them. */
export function readServiceApps(source: Source, cursor: Cursor | undefined, call: Call): Promise<ServiceAppsPage> {
  const { pageSize: _, ...whole } = call;
  return once(source.memo.of(call)?.serviceApps, pathAt(cursor, APPS), async () => {
    const page = await readPage<OktaApp>(source, cursor, APPS, whole);
    const { items, ...rest } = identified(page.items, "apps");
    const found = items
      .filter((app) => isServiceApp(app) && (source.options.syncInactiveApps || app.status === "ACTIVE"))
      .map((app) => ({ id: app.id, clientId: clientIdOf(app) || app.id }));
    return { ...rest, items: found, ...(page.next !== undefined && { next: page.next }) };
  });
}

/**
 * Reads something of each service app, a page for each: first pages of apps, whose cursors name the apps that were found.
 */
export async function ofEachServiceApp<P extends Page<unknown>>(
  source: Source,
  cursor: Cursor | undefined,
  call: Call,
  read: (app: ServiceApp, cursor: Cursor) => Promise<P>,
): Promise<P | { readonly items: []; readonly next: readonly Cursor[] }> {
  if (cursor?.app === undefined) {
    const { items, next, ...rest } = await readServiceApps(source, cursor, call);
    const each = items.map(({ id, clientId }) => ({ app: id, client: clientId }));
    return { ...rest, items: [], next: [...each, ...nextCursors(next)] };
  }
  const { app: id, client: clientId } = cursor;
  if (typeof id !== "string" || typeof clientId !== "string") throw badPageToken();
  return read({ id, clientId }, cursor);
}

/** The service apps with these client ids; one that is not among the apps is left out. */
export async function serviceAppsBy(source: Source, clientIds: readonly string[], call: Call): Promise<ServiceApp[]> {
  const found: ServiceApp[] = [];
  for (let cursor: Cursor | undefined = clientIds.length === 0 ? undefined : {}; cursor !== undefined; ) {
    const { items, next }: ServiceAppsPage = await readServiceApps(source, cursor, call);
    found.push(...items.filter(({ clientId }) => clientIds.includes(clientId)));
    cursor = nextCursors(next)[0];
  }
  return found;
}
