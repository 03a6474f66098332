import { ERROR_URN } from "./urns.ts";

/** The detail error keywords that are used here. Source: RFC 7644, section 3.12. */
export type ScimType =
  | "invalidFilter"
  | "uniqueness"
  | "mutability"
  | "invalidSyntax"
  | "invalidPath"
  | "noTarget"
  | "invalidValue"
  | "tooMany";

/** A request that is refused: what the client is answered. */
export class ScimError extends Error {
  readonly status: number;
  readonly scimType: ScimType | undefined;

  constructor(status: number, detail: string, scimType?: ScimType) {
    super(detail);
    this.name = "ScimError";
    this.status = status;
    this.scimType = scimType;
  }
}

/** The body of an error answer. `status` is a string. Source: RFC 7644, section 3.12. */
export function errorBody({ status, scimType, message }: ScimError) {
  return { schemas: [ERROR_URN], status: String(status), ...(scimType && { scimType }), detail: message };
}

/** A value that is not of its attribute's type, or not allowed. */
export function invalidValue(detail: string): ScimError {
  return new ScimError(400, detail, "invalidValue");
}

/** The failure that says that there is no such resource. */
export function notFound(what: string): ScimError {
  return new ScimError(404, `there is no such ${what}`);
}
