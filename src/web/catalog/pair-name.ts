import type { SyncContent } from "../../baton/snapshot/content.ts";

/**
 * What is called after one of two things only, as its id `<one>:<other>` says: `<other's name> on <name>`. A role that is
 * bound to a set is such a pair: all of a set's pairs have the set's name. `undefined` for what is none.
 */
export function pairName(content: SyncContent, types: Iterable<string>, id: string, name: string): string | undefined {
  const at = id.indexOf(":");
  if (at === -1 || name === "") return undefined;
  const [one, other] = [id.slice(0, at), id.slice(at + 1)];
  const known = [...types];
  const nameOf = (part: string) =>
    known.map((type) => content.findResource(type, part)?.message.displayName ?? "").filter((found) => found !== "");
  return nameOf(one).includes(name) ? nameOf(other).map((found) => `${found} on ${name}`)[0] : undefined;
}
