import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { BatonServiceUploadAssetRequestSchema } from "../../../gen/c1/connectorapi/baton/v1/baton_pb.ts";
import type { Clock } from "../../../runtime/clock.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import type { Log } from "../../../runtime/log/log.ts";
import { backoffMs, MAX_URGENT_BACKOFF_MS } from "../backoff.ts";
import { formatError } from "../format-error.ts";
import type { Platform, UploadStream } from "./platform.ts";

/** Bytes of a chunk. Source: the Baton contract. */
const CHUNK_BYTES = 512 * 1024;

/** How long the platform may take for one chunk, and for its answer at the end, in milliseconds. */
const CHUNK_MS = 60_000;
const ANSWER_MS = 5 * 60_000;

/** How often an upload is tried. The backoff between tries comes to some 15 minutes. */
const MAX_TRIES = 20;

/** How often where the platform says that it will not have it. */
const MAX_REFUSALS = 5;

/** What an upload is made with. */
export interface UploadDeps {
  readonly platform: Platform;
  readonly hostId: string;
  readonly taskId: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Hands a file over, from its start again where that fails. Throws the last {@link Failure} where it keeps failing, at
 * once one of kind `notFound`: the platform does not know the task.
 */
export async function uploadFile(path: string, deps: UploadDeps): Promise<void> {
  const { platform, taskId, clock, log, signal } = deps;
  let refusals = 0;
  for (let failures = 1; ; failures++) {
    try {
      const bytes = await platform.upload((stream) => sendFile(path, stream, deps), signal);
      log.info("uploaded", { taskId, bytes });
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (!isFailure(error) || error.kind === "notFound") throw error;
      if (!isPassing(error)) refusals += 1;
      if (failures >= MAX_TRIES || refusals >= MAX_REFUSALS) throw error;
      const pauseMs = backoffMs(failures, MAX_URGENT_BACKOFF_MS);
      log.warn("an upload failed, and is repeated", { taskId, failures, pauseMs, why: formatError(error) });
      await clock.sleep(pauseMs, signal);
    }
  }
}

/** Whether a failure may be over by itself. */
function isPassing({ kind }: Failure): boolean {
  return !["invalidArgument", "permissionDenied", "unimplemented", "failedPrecondition", "unauthenticated"].includes(
    kind,
  );
}

async function sendFile(path: string, stream: UploadStream, deps: UploadDeps): Promise<number> {
  const { hostId, taskId, clock } = deps;
  const within = <T>(ms: number, work: Promise<T>) => inTime(work, ms, clock, stream);
  const send = (msg: MessageInitShape<typeof BatonServiceUploadAssetRequestSchema>["msg"]) =>
    within(CHUNK_MS, stream.send(create(BatonServiceUploadAssetRequestSchema, { msg: msg! })));
  const hash = createHash("sha256");
  let bytes = 0;
  const file = await open(path, "r");
  try {
    await send({ case: "metadata", value: { hostId, taskId } });
    for (;;) {
      const data = await readChunk(file);
      if (data.length === 0) break;
      hash.update(data);
      bytes += data.length;
      await send({ case: "data", value: { data } });
    }
  } finally {
    await file.close();
  }
  await send({ case: "eof", value: { sha256Checksum: hash.digest() } });
  await within(ANSWER_MS, stream.finish());
  return bytes;
}

/** The next whole chunk, or what is left. */
async function readChunk(file: { read: (into: Buffer, at: number, length: number) => Promise<{ bytesRead: number }> }) {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let length = 0;
  while (length < CHUNK_BYTES) {
    const { bytesRead } = await file.read(chunk, length, CHUNK_BYTES - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return chunk.subarray(0, length);
}

/** Gives the upload up where something takes too long. */
async function inTime<T>(work: Promise<T>, ms: number, clock: Clock, stream: UploadStream): Promise<T> {
  const done = new AbortController();
  const late = clock.sleep(ms, done.signal).then(() => {
    stream.cancel();
    throw new Failure({
      kind: "deadlineExceeded",
      message: "the platform took too long over an upload",
      attempted: "UploadAsset",
    });
  });
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
