import { type UserTrait, UserTraitSchema } from "../../gen/c1/connector/v2/annotation_trait_pb.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import { find } from "../model/annotations.ts";
import { type ResourceKey, resourceKey } from "../model/ids.ts";
import type { SyncContent } from "../snapshot/content.ts";

/** What somebody or something is called, beside the id. */
export interface ResourceNames {
  readonly name: string;
  /** Of users only. */
  readonly login: string;
  /** The primary email of users. */
  readonly email: string;
}

/** Name, login and primary email; empty where the snapshot does not say. */
export function namesOf(resource: Resource | undefined): ResourceNames {
  const trait: UserTrait | undefined = resource && find(resource.annotations, UserTraitSchema);
  const email = trait?.emails.find(({ isPrimary }) => isPrimary) ?? trait?.emails[0];
  const login = trait?.login ?? "";
  const address = email?.address ?? "";
  // The two are mostly the same, and need not be kept twice.
  return { name: resource?.displayName ?? "", login, email: address === login ? login : address };
}

/** How many names are remembered. */
const MAX_NAMES = 150_000;

/** Names of what a snapshot holds, remembered while an answer is written. */
export class Names {
  readonly #content: SyncContent;
  readonly #known = new Map<string, ResourceNames>();

  constructor(content: SyncContent) {
    this.#content = content;
  }

  /** Name, login and email; empty texts where the snapshot does not say. */
  of({ type, id }: ResourceKey): ResourceNames {
    const key = resourceKey(type, id);
    let names = this.#known.get(key);
    if (names === undefined) {
      names = namesOf(this.#content.findResource(type, id)?.message);
      if (this.#known.size >= MAX_NAMES) this.#known.clear();
      this.#known.set(key, names);
    }
    return names;
  }

  /** A group or other resource for people, as `group Engineering`. */
  label(key: ResourceKey): string {
    return `${key.type} ${this.of(key).name || key.id}`;
  }
}
