import { EnqueuePageTokensSchema } from "../../../gen/c1/connector/v2/annotation_type_scoped_grants_pb.ts";
import type { Resource } from "../../../gen/c1/connector/v2/resource_pb.ts";
import type { Cursor, Refusal } from "../../connector.ts";
import { find } from "../../model/annotations.ts";
import { passedOverIn } from "../passed-over.ts";
import { RefusedPage } from "../refused-page.ts";

/** A page, or what the service says of one that it was refused: the list goes on after it. */
export async function pageOf<P extends AnsweredPage>(
  read: Promise<P>,
): Promise<Pick<P, "list" | "nextPageToken"> & { enqueued: readonly Cursor[]; refused?: readonly Refusal[] }> {
  try {
    const { list, nextPageToken, annotations } = await read;
    const refused = passedOverIn(annotations);
    const enqueued = (find(annotations, EnqueuePageTokensSchema)?.pageTokens ?? []).flatMap(cursorsOf);
    return { list, nextPageToken, enqueued, ...(refused.length === 0 ? {} : { refused }) };
  } catch (error) {
    if (!(error instanceof RefusedPage)) throw error;
    return { list: [], nextPageToken: error.nextPageToken, enqueued: [], refused: [error.refusal] };
  }
}

/** An answer of a service that lists something. */
interface AnsweredPage {
  readonly list: readonly unknown[];
  readonly nextPageToken: string;
  readonly annotations: Resource["annotations"];
}

/** Where a list goes on from a token; nowhere from an empty one. */
export function cursorsOf(token: string): Cursor[] {
  return token === "" ? [] : [{ token }];
}
