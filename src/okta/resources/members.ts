import type { OktaUser } from "./okta-json.ts";

/** The ids of the objects in a JSON list. Throws a `SyntaxError` where the body is no list of objects. */
export function idsInList(body: Buffer): string[] {
  const list: unknown = JSON.parse(body.toString("utf8"));
  if (!Array.isArray(list)) throw new SyntaxError("the answer holds no list");
  return (list as OktaUser[]).map((one) => one.id as string);
}
