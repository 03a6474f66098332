import { createHash } from "node:crypto";
import { toBinary } from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";
import {
  SourceCacheCapability_Mode,
  SourceCacheCapabilitySchema,
  SourceCacheLookupAnswersSchema,
  SourceCacheLookupAskSchema,
  SourceCacheLookupOfferSchema,
  SourceCacheRecordSchema,
  SourceCacheReplaySchema,
} from "../../../gen/c1/connector/v2/annotation_source_cache_pb.ts";
import { type Resource, ResourceSchema } from "../../../gen/c1/connector/v2/resource_pb.ts";
import type { Call, Connector, Cursor, ResourceTypeSupport } from "../../connector.ts";
import { find, has, pack } from "../../model/annotations.ts";
import type { PageTokenPlace } from "./page-token.ts";
import type { PageScope, ServedPage } from "./paging.ts";

/** Source: Baton SDK, annotation_source_cache.proto. */
const GRANTS = "grants";

/** How a list of grants is to be answered. */
export interface Scoped {
  /** Answered by this alone: a question for the client. */
  readonly ask?: Any;
  /** The client is to take the scope's rows of its last sync; the list goes on at `start`. */
  readonly replay?: Any;
  readonly start?: PageTokenPlace;
  readonly scope?: PageScope;
}

/** The annotation by which `Validate` says that a client may keep what it is shown. */
export function sourceCacheCapability({ sourceCache }: Connector): Any[] {
  if (sourceCache === undefined) return [];
  return [
    pack(SourceCacheCapabilitySchema, {
      mode: SourceCacheCapability_Mode.READ_WRITE,
      cacheGeneration: sourceCache.generation,
      configFingerprint: sourceCache.fingerprint,
    }),
  ];
}

/** The annotation that says to which scope the rows of a page belong. */
export function recordOf({ record }: ServedPage<unknown>): Any[] {
  return record === undefined ? [] : [pack(SourceCacheRecordSchema, record)];
}

/**
 * Looks whether the grants of a resource are what the client was shown in its last sync. Nothing is taken for unchanged but
 * what the client, in this very request, says it has, and the connector proves. `isStart`: this asks for the list's beginning.
 */
export async function scopeOf(
  { sourceCache }: Connector,
  { revalidation }: ResourceTypeSupport,
  resource: Resource,
  annotations: readonly Any[],
  call: Call,
  isStart: boolean,
): Promise<Scoped> {
  if (sourceCache === undefined || revalidation === undefined || !call.syncId) return {};
  const id = resource.id?.resource ?? "";
  const belongs = (cursor: Cursor | null) => cursor !== null && isOf(cursor, revalidation.cursor);
  const scope: PageScope = { key: revalidation.scope(id), has: belongs };
  if (Buffer.byteLength(scope.key) > MAX_KEY_BYTES) return {};
  if (!isStart) return { scope };
  const starts = revalidation.starts(id, call);
  if (!starts.some(belongs) || !revalidation.isProvable(id, call)) return {};
  const answers = find(annotations, SourceCacheLookupAnswersSchema)?.answers ?? [];
  const answer = answers.find(({ rowKind, scopeKey }) => rowKind === GRANTS && scopeKey === scope.key);
  if (answer === undefined && has(annotations, SourceCacheLookupOfferSchema)) {
    const query = { rowKind: GRANTS, scopeKey: scope.key };
    return { ask: pack(SourceCacheLookupAskSchema, { queries: [query] }) };
  }
  const own = digestOf(resource);
  const [before, ...rest] = answer?.found ? answer.cacheValidator.split(" ") : [];
  const isUnchanged = before === own && (await revalidation.isUnchanged(id, rest.join(" "), call));
  const proof = await revalidation.validator(id, call);
  if (proof === undefined) return {};
  const cacheValidator = `${own} ${proof}`;
  if (isUnchanged) {
    const replay = pack(SourceCacheReplaySchema, { scopeKey: scope.key, cacheValidator });
    return { replay, start: { section: 0, cursors: starts.filter((cursor) => !belongs(cursor)) } };
  }
  return { scope, start: { section: 0, cursors: starts, validator: cacheValidator } };
}

/** Bytes of a scope's key. Source: Baton SDK, annotation_source_cache.proto. */
const MAX_KEY_BYTES = 256;

function isOf(cursor: Cursor, reading: Cursor): boolean {
  return Object.entries(reading).every(([name, value]) => cursor[name] === value);
}

/** A grant carries its whole resource, as the client gave it: of another one the rows are others. */
function digestOf(resource: Resource): string {
  return createHash("sha256").update(toBinary(ResourceSchema, resource)).digest("base64url").slice(0, 22);
}
