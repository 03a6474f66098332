import type { Call } from "../../baton/connector.ts";
import { text } from "../../baton/model/values.ts";
import { Failure } from "../../runtime/failure.ts";
import type { OktaApp } from "../api/json/objects.ts";
import { readOne } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";

/** An app by its id, fresh. Throws a {@link Failure} of kind `notFound` where there is none. */
export async function readApp(source: Pick<Source, "client">, id: string, call: Call): Promise<OktaApp> {
  const app = await readOne<OktaApp>(source, "/api/v1/apps", id, call);
  if (app === undefined) throw new Failure({ kind: "notFound", message: `there is no app ${id}` });
  return app;
}

/** Throws a {@link Failure} of kind `failedPrecondition` where an app is not active: nobody is assigned to it then. */
export function mustBeActive(app: OktaApp): void {
  if (app.status === "ACTIVE") return;
  throw new Failure({
    kind: "failedPrecondition",
    message: `app ${text(app.id)} (${text(app.label)}) is ${text(app.status) || "not active"}: Okta assigns nobody to it`,
    advice: "activate the app first",
  });
}
