import { type Any, timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  RateLimitDescriptionSchema as AnnotationSchema,
  RateLimitDescription_Status as AnnotationStatus,
} from "../../../gen/c1/connector/v2/annotation_ratelimit_pb.ts";
import {
  RateLimitDescriptionSchema as LimiterSchema,
  RateLimitDescription_Status as LimiterStatus,
} from "../../../gen/c1/ratelimit/v1/ratelimit_pb.ts";
import type { RateLimit } from "../../connector.ts";
import { pack } from "../../model/annotations.ts";

/**
 * What is known of the rate limit, as messages. There are two of that name: the limiter of the Baton SDK's client looks
 * for the one of `c1.ratelimit.v1`, its retries for the one of `c1.connector.v2`; both are given.
 */
export function rateLimitMessages({ limit, remaining, resetAt }: RateLimit): Any[] {
  const over = remaining <= 0;
  const numbers = {
    limit: BigInt(Math.max(0, Math.trunc(limit))),
    remaining: BigInt(Math.max(0, Math.trunc(remaining))),
    resetAt: timestampFromMs(Math.trunc(resetAt)),
  };
  return [
    pack(LimiterSchema, { ...numbers, status: over ? LimiterStatus.OVERLIMIT : LimiterStatus.OK }),
    pack(AnnotationSchema, { ...numbers, status: over ? AnnotationStatus.OVERLIMIT : AnnotationStatus.OK }),
  ];
}

/** Of two answers' limits the one that is nearer to its end. */
export function tighter(one: RateLimit | undefined, other: RateLimit): RateLimit {
  return one !== undefined && one.remaining * other.limit < other.remaining * one.limit ? one : other;
}
