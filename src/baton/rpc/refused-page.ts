import { Failure } from "../../runtime/failure.ts";
import type { Refusal } from "../connector.ts";

/** A page that the other side refused to show. */
export class RefusedPage extends Failure {
  readonly refusal: Refusal;
  readonly nextPageToken: string;

  constructor(refusal: Refusal, nextPageToken: string) {
    super({
      kind: "permissionDenied",
      message: `${refusal.what}${refusal.on === undefined ? "" : ` (${refusal.on})`} cannot be read: ${refusal.why}`,
      answer: { status: 403, ...(refusal.requestId === undefined ? {} : { requestId: refusal.requestId }) },
    });
    this.refusal = refusal;
    this.nextPageToken = nextPageToken;
  }
}
