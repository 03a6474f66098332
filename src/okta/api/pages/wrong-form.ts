/** An answer that came whole and is not of the form described. `message` is a phrase that says how. */
export class WrongForm extends SyntaxError {
  constructor(message: string) {
    super(message);
    this.name = "WrongForm";
  }
}

/** Throws {@link WrongForm} where a success answer's body is an error object of Okta's. */
export function mustBeNoError(body: unknown): void {
  if (isJsonObject(body) && typeof body.errorCode === "string") {
    throw new WrongForm("it is an error object with a success status");
  }
}

/** A body that is to be one object. Throws {@link WrongForm} where it is none, or an error object. */
export function objectOf<T>(body: unknown): T {
  if (!isJsonObject(body)) {
    throw new WrongForm("it holds no object");
  }
  mustBeNoError(body);
  return body as T;
}

/** A body's items. Throws {@link WrongForm} where they are no list, or the body is an error object. */
export function listOf<T>(body: unknown, items: unknown): readonly T[] {
  mustBeNoError(body);
  if (!Array.isArray(items)) {
    throw new WrongForm("it holds no list");
  }
  return items;
}

function isJsonObject(body: unknown): body is { readonly [key: string]: unknown } {
  return typeof body === "object" && body !== null && !Array.isArray(body);
}
