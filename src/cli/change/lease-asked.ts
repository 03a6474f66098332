import { Failure } from "../../runtime/failure.ts";

/** Access that is to end, as the command line asks for it. */
export interface LeaseAsked {
  readonly for: string | undefined;
  readonly until: string | undefined;
  readonly reason: string;
  readonly ticket: string | undefined;
}

/** Whether a grant is to end, and when and why. Throws a `Failure` of kind `usage` where only a part of it is given. */
export function leaseAsked(own: { readonly [name in keyof LeaseAsked]: string | undefined }): LeaseAsked | undefined {
  const { for: length, until, reason, ticket } = own;
  if (length === undefined && until === undefined) {
    if (reason === undefined && ticket === undefined) return undefined;
    throw new Failure({
      kind: "usage",
      message: "--reason and --ticket go with --for or --until only",
      advice: "say when the access is to end, or leave them out",
    });
  }
  if (length !== undefined && until !== undefined) {
    throw new Failure({ kind: "usage", message: "--for and --until say the same: give one of them" });
  }
  if (reason === undefined || reason.trim() === "") {
    throw new Failure({
      kind: "usage",
      message: "access that is to end needs a reason",
      advice: 'add --reason "why it is given"',
    });
  }
  return { for: length, until, reason, ticket };
}
