import { timestampDate } from "@bufbuild/protobuf/wkt";
import { namesOf } from "../../baton/access/names.ts";
import { find } from "../../baton/model/annotations.ts";
import type { SyncContent } from "../../baton/snapshot/content.ts";
import { UserTrait_AccountType, UserTraitSchema } from "../../gen/c1/connector/v2/annotation_trait_pb.ts";
import { type Resource, Status_ResourceStatus } from "../../gen/c1/connector/v2/resource_pb.ts";

/** The type of people, and of accounts that look like people. */
export const USER = "user";

/** What the source of a snapshot calls things: injected, as reviews know no source. */
export interface ProfileWords {
  /** The fields that name a person's manager by id, login, email, number or name, the best first. */
  readonly manager: readonly string[];
  /** The fields that hold further addresses of the same person. */
  readonly addresses: readonly string[];
  /** The field that says the same of every account of one person, as an employee number. */
  readonly samePerson: readonly string[];
  /** Whether a profile says that the account is nobody's, as a service account. */
  isService(profile: Readonly<Record<string, unknown>>): boolean;
}

/** Somebody in the snapshot. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly login: string;
  readonly email: string;
  readonly status: string;
  readonly isActive: boolean;
  readonly isService: boolean;
  readonly department: string;
  /** The manager as the profile names him; empty where it does not. */
  readonly manager: string;
  /** All that the profile says of who the manager is, the best first. */
  readonly managers: readonly string[];
  readonly lastSignIn: string;
  /** Under what else the same person goes, in lower case: id, login, addresses, employee number. */
  readonly aliases: readonly string[];
}

/** The people of a snapshot, by whatever names them. */
export class People {
  readonly #byId = new Map<string, Person>();
  readonly #byAlias = new Map<string, Person[]>();
  readonly #content: SyncContent;
  #byName: ReadonlyMap<string, readonly Person[]> | undefined;

  constructor(content: SyncContent, words: ProfileWords) {
    this.#content = content;
    for (const { message } of content.resources(USER)) {
      const person = personOf(message, words);
      this.#byId.set(person.id, person);
      for (const alias of person.aliases) push(this.#byAlias, alias, person);
    }
  }

  byId(id: string): Person | undefined {
    return this.#byId.get(id);
  }

  /** Those whom an id, a login or an address names, in whatever case. */
  named(text: string): readonly Person[] {
    const alias = aliasOf(text);
    const all = this.#byAlias.get(alias) ?? this.#byAlias.get(`number ${alias}`) ?? [];
    // An address may be the second one of somebody else: whose login or first address it is comes first.
    const best = all.filter(({ id, login, email }) =>
      [id, login, email].some((one) => one.toLowerCase() === text.trim().toLowerCase()),
    );
    return best.length > 0 ? best : all;
  }

  /**
   * Those whom a profile may mean that says who somebody's manager is: by what names a person elsewhere, or by the name
   * alone, also as directories write it (`Lovelace, Ada`, `CN=Ada Lovelace,OU=...`). Of those of a name who are active, if
   * any.
   */
  meant(text: string): readonly Person[] {
    const known = this.named(text);
    if (known.length > 0) return known;
    const common = /^CN=((?:\\.|[^,\\])+)/i.exec(text.trim())?.[1]?.replace(/\\(.)/g, "$1");
    const all = this.#names().get(spelling(common ?? text)) ?? [];
    const active = all.filter(({ isActive }) => isActive);
    return active.length > 0 ? active : all;
  }

  /** Everybody by their names; read where it is asked for, as most profiles name managers by something better. */
  #names(): ReadonlyMap<string, readonly Person[]> {
    if (this.#byName !== undefined) return this.#byName;
    const all = new Map<string, Person[]>();
    for (const { message } of this.#content.resources(USER)) {
      const person = this.#byId.get(message.id?.resource ?? "");
      if (person !== undefined) for (const name of spellingsOf(message)) push(all, name, person);
    }
    this.#byName = all;
    return all;
  }

  /** Whether a name that a reviewer goes by is that of a person, or of another account of the same person. */
  isSame(reviewer: string, person: Person): boolean {
    const alias = aliasOf(reviewer);
    if (person.aliases.includes(alias)) return true;
    return this.named(reviewer).some((one) => one.aliases.some((other) => person.aliases.includes(other)));
  }
}

function push<T>(lists: Map<string, T[]>, key: string, one: T): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [one]);
  else known.push(one);
}

function spelling(name: string): string {
  return name.trim().toLowerCase().replace(/\s+/g, " ");
}

/** How a person's name may be written. */
function spellingsOf({ displayName, profile = {} }: Resource): Set<string> {
  const [first, last] = [text(profile.firstName), text(profile.lastName)];
  const both = first === "" || last === "" ? [] : [`${first} ${last}`, `${last}, ${first}`, `${last} ${first}`];
  const words = displayName.trim().split(/\s+/);
  const turned = words.length > 1 ? [`${words.at(-1)}, ${words.slice(0, -1).join(" ")}`] : [];
  return new Set([displayName, ...turned, ...both].map(spelling).filter((name) => name !== ""));
}

/** One spelling of what names a person: in lower case, and without what mail systems pass over (`ada+admin@acme`). */
export function aliasOf(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/\+[^@]*(?=@)/, "");
}

function personOf(resource: Resource, words: ProfileWords): Person {
  const { id, profile = {}, status } = resource;
  const { name, login, email } = namesOf(resource);
  const trait = find(resource.annotations, UserTraitSchema);
  const addresses = trait?.emails.map(({ address }) => address) ?? [];
  const numbers = words.samePerson
    .map((field) => text(profile[field]))
    .filter((one) => one !== "")
    .map((one) => `number ${one}`);
  const all = [
    id?.resource ?? "",
    login,
    ...addresses,
    ...words.addresses.map((field) => text(profile[field])),
    ...numbers,
  ];
  const managers = words.manager.map((field) => text(profile[field])).filter((one) => one !== "");
  const kind = trait?.accountType ?? UserTrait_AccountType.UNSPECIFIED;
  return {
    id: id?.resource ?? "",
    name,
    login,
    email,
    status: status?.details ?? "",
    isActive: status?.status === Status_ResourceStatus.ENABLED,
    isService:
      kind === UserTrait_AccountType.SERVICE || kind === UserTrait_AccountType.SYSTEM || words.isService(profile),
    department: text(profile.department),
    manager: managers[0] ?? "",
    managers,
    lastSignIn: trait?.lastLogin === undefined ? "" : timestampDate(trait.lastLogin).toISOString(),
    aliases: [...new Set(all.filter((one) => one !== "").map(aliasOf))],
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : "";
}
