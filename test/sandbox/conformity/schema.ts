/** A part of an OpenAPI description. */
export type Part = Record<string, unknown>;

/** Formats of which a value can be told to be none. */
const FORMATS: Readonly<Record<string, (value: string) => boolean>> = {
  "date-time": (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value),
  date: (value) => /^\d{4}-\d\d-\d\d$/.test(value),
  uri: (value) => URL.canParse(value),
  email: (value) => /^[^@\s]+@[^@\s]+$/.test(value),
};

/** Checks values against the schemas of one OpenAPI 3.0 description. */
export class Schemas {
  readonly #root: Part;

  constructor(root: Part) {
    this.#root = root;
  }

  /** Follows `$ref`s. */
  resolve(part: unknown): Part {
    let found = part as Part;
    while (typeof found?.$ref === "string") {
      const path = found.$ref.replace("#/", "").split("/");
      found = path.reduce<Part>((at, name) => at[name.replaceAll("~1", "/").replaceAll("~0", "~")] as Part, this.#root);
    }
    return found;
  }

  /** Every way in which `value` breaks `schema`, as `users[0].status: is not one of ...`. */
  errors(schema: unknown, value: unknown, at = ""): string[] {
    const plain = this.resolve(schema);
    const chosen = this.#chosen(plain, value);
    return [...this.#ownErrors(plain, value, at), ...(chosen === undefined ? [] : this.#ownErrors(chosen, value, at))];
  }

  /** The schema that the value's own type field names. */
  #chosen(schema: Part, value: unknown): Part | undefined {
    const discriminator = schema.discriminator as Part | undefined;
    if (discriminator === undefined || typeof value !== "object" || value === null) return undefined;
    const name = (value as Part)[String(discriminator.propertyName)];
    const target = (discriminator.mapping as Part | undefined)?.[String(name)];
    return target === undefined ? undefined : this.resolve({ $ref: target });
  }

  #ownErrors(schema: Part, value: unknown, at: string): string[] {
    const found: string[] = [];
    if (value === null) {
      // Okta answers null for whatever has no value; the description says so for some of these only.
      const open = schema.nullable === true || (schema.type === undefined && schema.allOf === undefined);
      return open ? [] : [`${at}: is null`];
    }
    for (const part of (schema.allOf as unknown[] | undefined) ?? []) {
      // The subtype that a base names includes the base: the way leads down only once.
      found.push(...this.#ownErrors(this.resolve(part), value, at));
    }
    for (const key of ["oneOf", "anyOf"]) {
      const choices = schema[key] as unknown[] | undefined;
      if (choices === undefined) continue;
      const each = choices.map((choice) => this.errors(choice, value, at));
      if (!each.some((errors) => errors.length === 0)) {
        found.push(`${at}: fits no choice (${each.map((errors) => errors[0]).join(" | ")})`);
      }
    }
    const values = schema.enum as unknown[] | undefined;
    if (values !== undefined && !values.includes(value)) {
      found.push(`${at}: ${JSON.stringify(value)} is not one of ${values.join(", ")}`);
    }
    return [...found, ...this.#typeErrors(schema, value, at)];
  }

  #typeErrors(schema: Part, value: unknown, at: string): string[] {
    const type = schema.type ?? (schema.properties === undefined ? undefined : "object");
    switch (type) {
      case "string":
        return typeof value === "string" ? this.#textErrors(schema, value, at) : [`${at}: is no text`];
      case "boolean":
        return typeof value === "boolean" ? [] : [`${at}: is no boolean`];
      case "integer":
        return Number.isInteger(value) ? [] : [`${at}: is no integer`];
      case "number":
        return typeof value === "number" ? [] : [`${at}: is no number`];
      case "array":
        if (!Array.isArray(value)) return [`${at}: is no list`];
        return value.flatMap((item, n) => this.errors(schema.items ?? {}, item, `${at}[${n}]`));
      case "object":
        if (typeof value !== "object" || Array.isArray(value)) return [`${at}: is no object`];
        return this.#objectErrors(schema, value as Part, at);
      default:
        return [];
    }
  }

  #textErrors(schema: Part, value: string, at: string): string[] {
    const errors: string[] = [];
    const format = FORMATS[String(schema.format)];
    if (format !== undefined && !format(value)) {
      errors.push(`${at}: ${JSON.stringify(value)} is no ${schema.format}`);
    }
    if (typeof schema.maxLength === "number" && value.length > schema.maxLength) {
      errors.push(`${at}: is longer than ${schema.maxLength}`);
    }
    if (typeof schema.minLength === "number" && value.length < schema.minLength) {
      errors.push(`${at}: ${JSON.stringify(value)} is shorter than ${schema.minLength}`);
    }
    if (typeof schema.pattern === "string" && !patternOf(schema.pattern).test(value)) {
      errors.push(`${at}: ${JSON.stringify(value)} does not fit ${schema.pattern}`);
    }
    return errors;
  }

  #objectErrors(schema: Part, value: Part, at: string): string[] {
    const properties = (schema.properties as Part | undefined) ?? {};
    const errors = ((schema.required as string[] | undefined) ?? [])
      .filter((name) => value[name] === undefined)
      .map((name) => `${at}: has no ${name}`);
    for (const [name, item] of Object.entries(value)) {
      const rest = schema.additionalProperties;
      const about = properties[name] ?? (typeof rest === "object" ? rest : undefined);
      if (about !== undefined) {
        errors.push(...this.errors(about, item, `${at}.${name}`));
      } else if (rest === false) {
        errors.push(`${at}: has an unknown ${name}`);
      }
    }
    return errors;
  }
}

/** Okta's description writes some look-aheads as plain groups, so that nothing but `P` would be a duration. */
function patternOf(text: string): RegExp {
  return new RegExp(text.replaceAll("(?:$)", "(?!$)").replaceAll("T(?:\\d)", "T(?=\\d)"));
}
