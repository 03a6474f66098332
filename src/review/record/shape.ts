/** What a value that was read has to be: says where it is not (`""`: as a whole), and `undefined` where it is. */
export type Shape = (value: unknown) => string | undefined;

const made =
  (is: (value: unknown) => boolean): Shape =>
  (value) =>
    is(value) ? undefined : "";

export const text = made((value) => typeof value === "string");
export const flag = made((value) => typeof value === "boolean");
export const count = made((value) => Number.isSafeInteger(value) && (value as number) >= 0);
export const time = made((value) => typeof value === "string" && !Number.isNaN(Date.parse(value)));
export const words = (...all: readonly string[]): Shape => made((value) => all.includes(value as string));

export const nullOr =
  (shape: Shape): Shape =>
  (value) =>
    value === null ? undefined : shape(value);

export const optional =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined ? undefined : shape(value);

export const listOf =
  (shape: Shape): Shape =>
  (value) => {
    if (!Array.isArray(value)) return "";
    for (const [i, one] of value.entries()) {
      const wrong = shape(one);
      if (wrong !== undefined) return joined(String(i), wrong);
    }
    return undefined;
  };

/** An object whose every field is of a shape, whatever the fields are called. */
export const mapOf =
  (shape: Shape): Shape =>
  (value) =>
    isObject(value)
      ? fieldsOf(
          value,
          Object.keys(value).map((name) => [name, shape]),
        )
      : "";

/** An object with these fields; others may be there. */
export function object(fields: Readonly<Record<string, Shape>>): Shape {
  const all = Object.entries(fields);
  return (value) => (isObject(value) ? fieldsOf(value, all) : "");
}

function fieldsOf(value: Record<string, unknown>, fields: readonly (readonly [string, Shape])[]): string | undefined {
  for (const [name, shape] of fields) {
    const wrong = shape(Object.hasOwn(value, name) ? value[name] : undefined);
    if (wrong !== undefined) return joined(name, wrong);
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function joined(name: string, rest: string): string {
  return rest === "" ? name : `${name}.${rest}`;
}
