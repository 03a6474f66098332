import type { Held } from "../../baton/access/held.ts";
import { find } from "../../baton/model/annotations.ts";
import { type ResourceKey, resourceKey } from "../../baton/model/ids.ts";
import type { SyncContent } from "../../baton/snapshot/content.ts";
import { SecretTraitSchema } from "../../gen/c1/connector/v2/annotation_trait_pb.ts";
import { ResourceType_Trait } from "../../gen/c1/connector/v2/resource_pb.ts";
import { USER } from "./people.ts";

/** Access that a secret has because its owner has it. */
export interface HeldBySecret extends Held {
  /** What the owner holds. */
  readonly owner: Held;
}

/** What acts with somebody's rights, by whose they are: API tokens. */
export class Secrets {
  readonly #byOwner = new Map<string, ResourceKey[]>();

  constructor(content: SyncContent) {
    for (const { message } of content.resourceTypes()) {
      if (!message.traits.includes(ResourceType_Trait.SECRET)) continue;
      for (const { message: secret } of content.resources(message.id)) {
        const key = { type: message.id, id: secret.id?.resource ?? "" };
        const owner = ownerOf(content, key);
        if (owner === undefined) continue;
        const known = this.#byOwner.get(owner.id);
        if (known === undefined) this.#byOwner.set(owner.id, [key]);
        else known.push(key);
      }
    }
  }

  /** The secrets that act with the rights of who holds something, each as a holder of it. */
  *with(owner: Held): Generator<HeldBySecret> {
    if (owner.principal.type !== USER) return;
    for (const principal of this.#byOwner.get(owner.principal.id) ?? []) {
      yield { ...owner, principal, direct: false, paths: [], owner };
    }
  }
}

/** The user with whose rights a secret acts; `undefined` where it is none, or not a user's. */
export function ownerOf(content: SyncContent, { type, id }: ResourceKey): ResourceKey | undefined {
  const secret = content.findResource(type, id)?.message;
  const identity = secret && find(secret.annotations, SecretTraitSchema)?.identityId;
  return identity?.resourceType === USER && identity.resource !== ""
    ? { type: USER, id: identity.resource }
    : undefined;
}

/** How an item's paths begin where it is held with the rights of somebody else. */
const OWNED = "owner ";

/** The path of what is held with its owner's rights. */
export function ownerPath({ type, id }: ResourceKey): string {
  return `${OWNED}${resourceKey(type, id)} stated`;
}

/** Whether the paths of an item are those of a secret. */
export function isOwned(paths: readonly string[]): boolean {
  return paths[0]?.startsWith(OWNED) === true;
}
