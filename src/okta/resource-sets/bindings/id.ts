import type { Call } from "../../../baton/connector.ts";
import { text } from "../../../baton/model/values.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import type { OktaLinked } from "../../api/json/objects.ts";
import { segment } from "../../api/paths.ts";
import { withoutId } from "../../resource/reading.ts";
import type { Source } from "../../resource/source.ts";
import { RESOURCE_SETS } from "../reading.ts";

/** Whether an id has the form of a binding's. */
export function isBindingId(id: string): boolean {
  return /^[^:]+:./s.test(id);
}

/** Takes a binding's id apart: `<resource set>:<custom role>`. Throws `invalidArgument` for any other. */
export function parseBindingId(id: string): { readonly set: string; readonly role: string } {
  if (!isBindingId(id)) {
    throw new Failure({
      kind: "invalidArgument",
      message: `"${id}" is not the id of a resource set binding`,
      advice: "write it as <resource set id>:<custom role id>",
    });
  }
  const colon = id.indexOf(":");
  return { set: id.slice(0, colon), role: id.slice(colon + 1) };
}

/**
 * Whether a role is bound to a set. Okta takes a role's label too and describes the answer's `id` in two ways, so that
 * the answer must name the role either there or at the end of its own link.
 */
export async function isBound(source: Source, set: string, role: string, call: Call): Promise<boolean> {
  const path = () => `${RESOURCE_SETS}/${segment(set)}/bindings/${segment(role)}`;
  try {
    const found = await source.client.get<OktaLinked>(path(), call);
    const self = text(found?._links?.self?.href);
    if (text(found?.id) === "" && self === "") throw withoutId(path());
    return found?.id === role || self.split("/").at(-1) === encodeURIComponent(role);
  } catch (error) {
    if (isFailure(error, "notFound")) return false;
    throw error;
  }
}
