import { toBinary } from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";
import { find, has, pack } from "../../../src/baton/model/annotations.ts";
import {
  SourceCacheCapability_Mode,
  SourceCacheCapabilitySchema,
  SourceCacheLookupAnswersSchema,
  SourceCacheLookupAskSchema,
  SourceCacheLookupOfferSchema,
  SourceCacheRecordSchema,
  SourceCacheReplaySchema,
} from "../../../src/gen/c1/connector/v2/annotation_source_cache_pb.ts";
import { TypeScopedGrantsSchema } from "../../../src/gen/c1/connector/v2/annotation_type_scoped_grants_pb.ts";
import { ConnectorService } from "../../../src/gen/c1/connector/v2/connector_pb.ts";
import { GrantSchema, GrantsService } from "../../../src/gen/c1/connector/v2/grant_pb.ts";
import {
  type Resource,
  ResourcesService,
  type ResourceType,
  ResourceTypesService,
} from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import type { Caller } from "./caller.ts";

/** What a platform keeps of a scope: its rows as bytes, by id, and what they are held against. */
interface Kept {
  validator: string;
  readonly rows: Map<string, string>;
}

/** What a sync of a platform gave. */
export interface PlatformSync {
  /** Grants as bytes, by id. */
  readonly grants: Map<string, string>;
  readonly scopes: Map<string, Kept>;
  readonly capability: string;
  /** Scopes whose rows were taken from the last sync. */
  readonly replayed: string[];
  readonly asked: string[];
}

/** Reads all resources and grants as the Baton SDK's syncer does, with the rows of an earlier sync at hand or without. */
export async function platformSync(client: Caller, activeSyncId: string, last?: PlatformSync): Promise<PlatformSync> {
  const { annotations } = await client.call(ConnectorService.method.validate, {});
  const declared = find(annotations, SourceCacheCapabilitySchema);
  const isOn = declared?.mode === SourceCacheCapability_Mode.READ_WRITE;
  const capability = isOn ? `${declared.cacheGeneration} ${declared.configFingerprint}` : "";
  const before = isOn && last?.capability === capability ? last : undefined;
  const result: PlatformSync = { grants: new Map(), scopes: new Map(), capability, replayed: [], asked: [] };

  async function grantsPage(resource: Resource, pageToken: string, extra: Any[]) {
    const offer = before === undefined ? extra : [...extra, pack(SourceCacheLookupOfferSchema, {})];
    const request = { resource, pageToken, activeSyncId };
    const first = await client.call(GrantsService.method.listGrants, { ...request, annotations: offer });
    const ask = find(first.annotations, SourceCacheLookupAskSchema);
    if (ask === undefined) return first;
    if (before === undefined) throw new Error("asked without an offer");
    if (first.list.length > 0 || first.nextPageToken !== "" || first.annotations.length > 1)
      throw new Error("a bad ask");
    const answers = ask.queries.map(({ rowKind, scopeKey }) => {
      result.asked.push(scopeKey);
      const kept = before.scopes.get(scopeKey);
      return { rowKind, scopeKey, found: kept !== undefined, cacheValidator: kept?.validator ?? "" };
    });
    const again = [...offer, pack(SourceCacheLookupAnswersSchema, { answers })];
    return client.call(GrantsService.method.listGrants, { ...request, annotations: again });
  }

  async function grantsOf(resource: Resource, extra: Any[]) {
    const stamped = new Map<string, Map<string, string>>();
    for (let token = ""; ; ) {
      const page = await grantsPage(resource, token, extra);
      const record = find(page.annotations, SourceCacheRecordSchema);
      const replay = find(page.annotations, SourceCacheReplaySchema);
      if (replay !== undefined) {
        const kept = before?.scopes.get(replay.scopeKey);
        if (kept === undefined || page.list.length > 0) throw new Error(`a bad replay of ${replay.scopeKey}`);
        result.replayed.push(replay.scopeKey);
        for (const [id, bytes] of kept.rows) result.grants.set(id, bytes);
        if (replay.cacheValidator !== "") {
          result.scopes.set(replay.scopeKey, { rows: kept.rows, validator: replay.cacheValidator });
        }
      }
      const rows = new Map(
        page.list.map((grant) => [grant.id, Buffer.from(toBinary(GrantSchema, grant)).toString("hex")]),
      );
      for (const [id, bytes] of rows) result.grants.set(id, bytes);
      if (record !== undefined) {
        const own = stamped.get(record.scopeKey) ?? new Map<string, string>();
        stamped.set(record.scopeKey, new Map([...own, ...rows]));
        if (record.cacheValidator !== "") {
          result.scopes.set(record.scopeKey, {
            rows: stamped.get(record.scopeKey)!,
            validator: record.cacheValidator,
          });
        }
      }
      token = page.nextPageToken;
      if (token === "") return;
    }
  }

  const types = await all<ResourceType>((pageToken) =>
    client.call(ResourceTypesService.method.listResourceTypes, { pageToken }),
  );
  const resources: Resource[] = [];
  for (const { id } of types) {
    const request = { resourceTypeId: id, activeSyncId };
    resources.push(
      ...(await all<Resource>((pageToken) =>
        client.call(ResourcesService.method.listResources, { ...request, pageToken }),
      )),
    );
  }
  for (const type of types) {
    if (type.annotations.some(({ typeUrl }) => typeUrl.endsWith("SkipEntitlementsAndGrants"))) continue;
    if (has(type.annotations, TypeScopedGrantsSchema)) {
      const stub = { id: { resourceType: type.id, resource: type.id } } as Resource;
      await grantsOf(stub, [pack(TypeScopedGrantsSchema, {})]);
      continue;
    }
    for (const resource of resources.filter(({ id }) => id?.resourceType === type.id)) await grantsOf(resource, []);
  }
  await client.call(ConnectorService.method.cleanup, { activeSyncId });
  return result;
}

async function all<T>(read: (token: string) => Promise<{ list: T[]; nextPageToken: string }>): Promise<T[]> {
  const items: T[] = [];
  for (let token = ""; ; ) {
    const page = await read(token);
    items.push(...page.list);
    token = page.nextPageToken;
    if (token === "") return items;
  }
}
