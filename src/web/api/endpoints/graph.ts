import { accessPicture } from "../../picture/access-picture.ts";
import type { Endpoint } from "../endpoint.ts";
import { namedThing, reached } from "./access.ts";

/** `GET /api/resources/:type/:id/graph`: what leads where, for a picture. */
export const graph: Endpoint = async ({ param, view }) => {
  const key = await namedThing(param, view);
  const names = await view.names.value();
  return { json: accessPicture(view, names, key, reached(view, key, names)) };
};
