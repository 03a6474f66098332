import { createHmac } from "node:crypto";
import type { ResourceKey } from "../model/ids.ts";

/** What stays as it is: words of the other side's own language, which name nobody. */
export interface Vocabulary {
  /** Ids, kinds, states and slugs that every org has, as `SUPER_ADMIN`, `ACTIVE` or `member`. */
  readonly words: ReadonlySet<string>;
  /** The names of attributes that every org has, as `firstName`. */
  readonly keys: ReadonlySet<string>;
  /** Those of them whose values people choose, as `firstName`: no word stays there. */
  readonly chosen: ReadonlySet<string>;
  /** Those of them that count something: their numbers stay. */
  readonly counts: ReadonlySet<string>;
  /** Types of resources that have the names that every org's have, where their ids are words of {@link words}. */
  readonly titled: ReadonlySet<string>;
  /** Forms of words that every org has, as API scopes. */
  readonly forms: readonly RegExp[];
  /** The beginnings of ids that say what they are of, as `00u`: they stay. The first group is what stays. */
  readonly prefixes?: RegExp;
  /** The attributes that hold conditions, and the words of the language these are written in. */
  readonly conditions?: { readonly keys: ReadonlySet<string>; readonly words: ReadonlySet<string> };
}

/** A point in time, as RFC 3339 writes it. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const EMAIL = /^[^@\s]+@[^@\s]+$/;
/** What ids look like: one word of letters and digits. Their case matters; that of names does not. */
const ID = /^(?=.*\d)[0-9A-Za-z]{15,}$/;
/** What ids that are made of others have between them. */
const BETWEEN = /([:/])/;

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
/** Letters of a pseudonym: 80 bits, so that no two texts of any snapshot meet. */
const LENGTH = 16;

/**
 * Puts other texts in the place of those of an org: the same for the same text under one key, so that whatever referred
 * to something still does, and nothing that anybody without the key can take back.
 */
export class Pseudonyms {
  readonly #key: Uint8Array;
  readonly #kept: Vocabulary;
  readonly #types: ReadonlySet<string>;
  readonly #known = new Map<string, string>();

  /** `types`: the ids of the snapshot's resource types, which stay. */
  constructor(key: Uint8Array, kept: Vocabulary, types: ReadonlySet<string>) {
    this.#key = key;
    this.#kept = kept;
    this.#types = types;
  }

  /** Whether a text stays as it is. */
  keeps(text: string): boolean {
    return this.#kept.words.has(text) || this.#types.has(text) || this.#kept.forms.some((form) => form.test(text));
  }

  /** Whether the name of an attribute stays as it is. */
  keepsKey(name: string): boolean {
    return this.#kept.keys.has(name);
  }

  /** Whether a number under the attribute `name` stays as it is. */
  keepsNumber(name: string): boolean {
    return this.#kept.counts.has(name);
  }

  /** Whether a resource is called the same in every org. */
  keepsTitle({ type, id }: ResourceKey): boolean {
    return this.#kept.titled.has(type) && this.keeps(id);
  }

  /** Another id. What is made of ids is made of the others in the same way; case matters. */
  id(id: string): string {
    return id
      .split(BETWEEN)
      .map((part) => (part === "" || part === ":" || part === "/" || this.keeps(part) ? part : this.#word(part)))
      .join("");
  }

  /** Another text, or the same where it is a word that names nobody. */
  text(text: string): string {
    return this.keeps(text) ? text : this.#other(text, (part) => this.keeps(part));
  }

  /**
   * Another name, whatever it is: people choose words of the other side's language too. An id within it is the one that
   * {@link id} gives; an email address stays one; case does not matter.
   */
  name(name: string): string {
    return this.#other(name, () => false);
  }

  #other(text: string, stays: (part: string) => boolean): string {
    if (EMAIL.test(text) && !/[:/]/.test(text)) {
      const at = text.lastIndexOf("@");
      const [name, host] = [text.slice(0, at), text.slice(at + 1)].map((part) => this.#word(part.toLowerCase()));
      return `${name}@${host}.example`;
    }
    return text
      .split(BETWEEN)
      .map((part) => {
        if (part === "" || part === ":" || part === "/" || stays(part)) return part;
        return this.#word(ID.test(part) ? part : part.trim().normalize("NFC").toLowerCase());
      })
      .join("");
  }

  /** A text in which only words that name nobody stay: for messages. */
  message(text: string): string {
    return text.replace(/\S+/g, (word) =>
      /^[(]?[a-z][a-z'-]*[.,:;)]*$/.test(word) || this.keeps(word) ? word : this.id(word),
    );
  }

  /** Another number, whole and not negative. */
  number(value: number): number {
    return createHmac("sha256", this.#key).update(`number ${value}`).digest().readUIntBE(0, NUMBER_BYTES);
  }

  /** Another name of an attribute. */
  key(name: string): string {
    return this.keepsKey(name) ? name : `attribute_${this.#word(name)}`;
  }

  /** A text under the attribute `name`; points in time stay where the attribute is one that every org has. */
  under(name: string, text: string): string {
    if (this.#kept.conditions?.keys.has(name)) return this.#condition(text, this.#kept.conditions.words);
    if (!this.keepsKey(name)) return this.name(text);
    if (TIME.test(text)) return text;
    return this.#kept.chosen.has(name) ? this.name(text) : this.text(text);
  }

  /** A condition in which an id still names what it did: texts between quotes are replaced as elsewhere, and other words. */
  #condition(text: string, words: ReadonlySet<string>): string {
    return text.replace(
      /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|[\p{L}\p{N}_]+/gsu,
      (word, double?: string, single?: string) => {
        const quoted = double ?? single;
        if (quoted !== undefined) return `"${this.name(quoted)}"`;
        return words.has(word) || this.#kept.keys.has(word) ? word : this.#word(word);
      },
    );
  }

  #word(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const digest = createHmac("sha256", this.#key).update(text).digest();
    const prefix = this.#kept.prefixes?.exec(text)?.[1] ?? "";
    let word = prefix;
    for (let i = 0; i < LENGTH; i++) word += ALPHABET[digest[i]! & 31];
    // Most texts come again soon, and few of them late.
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(text, word);
    return word;
  }
}

/** What a number is made of: few enough to be exact, and too many for two to meet. */
const NUMBER_BYTES = 6;

const MAX_KNOWN = 100_000;
