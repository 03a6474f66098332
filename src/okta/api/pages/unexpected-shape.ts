/** An answer that came whole and is not of the form described. `message` is a phrase that says how. */
export class UnexpectedShape extends SyntaxError {
  constructor(message: string) {
    super(message);
    this.name = "UnexpectedShape";
  }
}

/** Throws {@link UnexpectedShape} where a success answer's body is an error object of Okta's. */
export function assertNoErrorObject(body: unknown): void {
  if (isJsonObject(body) && typeof body.errorCode === "string") {
    throw new UnexpectedShape("it is an error object with a success status");
  }
}

/** A body that is to be one object. Throws {@link UnexpectedShape} where it is none, or an error object. */
export function objectOf<T>(body: unknown): T {
  if (!isJsonObject(body)) {
    throw new UnexpectedShape("it holds no object");
  }
  assertNoErrorObject(body);
  return body as T;
}

/** A body's items. Throws {@link UnexpectedShape} where they are no list, or the body is an error object. */
export function listOf<T>(body: unknown, items: unknown): readonly T[] {
  assertNoErrorObject(body);
  if (!Array.isArray(items)) {
    throw new UnexpectedShape("it holds no list");
  }
  return items;
}

function isJsonObject(body: unknown): body is { readonly [key: string]: unknown } {
  return typeof body === "object" && body !== null && !Array.isArray(body);
}
