import { stat } from "node:fs/promises";
import type { ResourceKey } from "../../baton/model/ids.ts";
import type { SyncContent } from "../../baton/snapshot/content.ts";
import { openSnapshot } from "../../baton/snapshot/reader.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import { didYouMean } from "../../runtime/did-you-mean.ts";
import type { Log } from "../../runtime/log/log.ts";

/** A snapshot larger than this is not unpacked for the sake of names, in bytes. */
const MAX_SNAPSHOT_BYTES = 32_000_000;

/** What a snapshot knows by name. Without one, nothing. */
export interface Names {
  resource(key: ResourceKey): string | undefined;
  entitlement(id: string): string | undefined;
  /** The resource of one of these types that was probably meant by an id, a name, a login or an email. */
  meant(text: string, types: readonly string[]): ResourceKey | undefined;
  /** The id of the entitlement of a resource. */
  entitlementOf(resource: ResourceKey): string | undefined;
  close(): Promise<void>;
}

const NOTHING: Names = {
  resource: () => undefined,
  entitlement: () => undefined,
  meant: () => undefined,
  entitlementOf: () => undefined,
  close: async () => undefined,
};

/** Opens the snapshot at a path for its names, where there is one that can be read. */
export async function openNames(path: string, log: Log): Promise<Names> {
  try {
    const { size } = await stat(path);
    if (size > MAX_SNAPSHOT_BYTES) return NOTHING;
    const reader = await openSnapshot(path);
    if (reader.current() === undefined) {
      await reader.close();
      return NOTHING;
    }
    return namesIn(reader.content(), () => reader.close());
  } catch (error) {
    log.debug("no snapshot to look names up in", { path, error });
    return NOTHING;
  }
}

function namesIn(content: SyncContent, close: () => Promise<void>): Names {
  return {
    resource: ({ type, id }) => content.findResource(type, id)?.message.displayName || undefined,
    entitlement: (id) => content.findEntitlement(id)?.message.displayName || undefined,
    meant(text, types) {
      const wanted = text.toLowerCase();
      for (const type of types) {
        for (const { message } of content.resources(type)) {
          if (message.id && callings(message).includes(wanted)) return { type, id: message.id.resource };
        }
      }
      const suggestion = didYouMean(wanted, everything(content, types));
      if (suggestion === undefined || suggestion === wanted) return undefined;
      for (const type of types) {
        for (const { message } of content.resources(type)) {
          if (message.id && callings(message).includes(suggestion)) return { type, id: message.id.resource };
        }
      }
      return undefined;
    },
    entitlementOf(resource) {
      for (const { message } of content.entitlements(resource)) return message.id;
      return undefined;
    },
    close,
  };
}

function* everything(content: SyncContent, types: readonly string[]): Generator<string> {
  for (const type of types) for (const { message } of content.resources(type)) yield* callings(message);
}

/** What people call a resource, in lower case. */
function callings({ id, displayName, profile }: Resource): string[] {
  const { login, email } = profile ?? {};
  return [id?.resource, displayName, login, email].flatMap((text) =>
    typeof text === "string" && text !== "" ? [text.toLowerCase()] : [],
  );
}
