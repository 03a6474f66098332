import { type Any, anyIs } from "@bufbuild/protobuf/wkt";
import { ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb.ts";
import type { Log } from "../../runtime/log/log.ts";
import type { Refusal } from "../connector.ts";
import { pack } from "../model/annotations.ts";
import type { ServedPage } from "./server/paging.ts";
import { detail } from "./status.ts";

/** The reason of the `ErrorInfo` that marks an answer. */
const PASSED_OVER = "PASSED_OVER";
/** Who speaks in it. */
const DOMAIN = "baton";

/**
 * A page as an answer: what was refused and is served as nothing all the same is logged, and marked by an annotation
 * that other clients pass over.
 */
export function answerOf<T>({ list, nextPageToken, passedOver }: ServedPage<T>, log: Log) {
  const counts = new Map<string, number>();
  for (const { what, why, on, requestId } of passedOver) {
    const key = JSON.stringify({ what, why, on, requestId });
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const [key, count] of counts) {
    log.warn("not readable, and served as nothing", { ...(JSON.parse(key) as object), ...(count > 1 && { count }) });
  }
  return { list, nextPageToken, annotations: passedOver.map(markOf) };
}

/** What a service says that it has passed over. */
export function passedOverIn(annotations: readonly Any[]): Refusal[] {
  return annotations.flatMap((annotation) => {
    const info = anyIs(annotation, ErrorInfoSchema) ? detail([annotation], ErrorInfoSchema) : undefined;
    if (info?.reason !== PASSED_OVER || info.metadata.what === undefined) return [];
    const { what, why = "the service says no more", on, requestId } = info.metadata;
    return [{ what, why, ...(on ? { on } : {}), ...(requestId ? { requestId } : {}), passedOver: true }];
  });
}

function markOf({ what, why, on, requestId }: Refusal): Any {
  const metadata = Object.entries({ what, why, on, requestId });
  return pack(ErrorInfoSchema, {
    reason: PASSED_OVER,
    domain: DOMAIN,
    metadata: Object.fromEntries(metadata.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))),
  });
}
