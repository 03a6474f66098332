import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { Failure } from "../failure.ts";
import { replaceFile } from "../system/files.ts";
import { addressText, type ObjectAddress } from "./address.ts";
import { storeFailure } from "./failure.ts";

/** How often a request is tried. */
const MAX_ATTEMPTS = 5;
const CONNECT_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 120_000;
/** What is kept in memory and sent at a time, in bytes: S3 takes no smaller parts than 5 MiB, and 10,000 of them. */
const PART_BYTES = 8 * 2 ** 20;
const MAX_PARTS = 10_000;

/** Files in an object store that speaks S3. Every method throws a {@link Failure} that says what was attempted. */
export interface ObjectStore {
  /**
   * Puts a local file in the place of an object, whole or not at all, and makes sure of it: whoever reads meanwhile gets
   * the old one.
   */
  put(file: string, address: ObjectAddress): Promise<void>;
  /** Copies an object to a new local file; answers whether there is one. */
  get(address: ObjectAddress, file: string): Promise<boolean>;
  close(): void;
}

/**
 * Opens the store that the environment names, as the AWS command line takes it: credentials from `AWS_ACCESS_KEY_ID` and
 * so on, a profile or a role; `AWS_REGION`; `AWS_ENDPOINT_URL` (or `AWS_ENDPOINT_URL_S3`) for stores that are not AWS's,
 * whose buckets are then parts of the path.
 */
export function openObjectStore(env: NodeJS.ProcessEnv, signal?: AbortSignal): ObjectStore {
  const client = new S3Client(configOf(env));
  const explained = async <T>(doing: string, body: () => Promise<T>): Promise<T> => {
    try {
      return await body();
    } catch (error) {
      throw signal?.aborted ? signal.reason : storeFailure(error, doing);
    }
  };
  return {
    put: (file, address) => explained(`write ${addressText(address)}`, () => put(client, file, address, signal)),
    get: (address, file) => explained(`read ${addressText(address)}`, () => get(client, address, file, signal)),
    close: () => client.destroy(),
  };
}

function configOf(env: NodeJS.ProcessEnv): S3ClientConfig {
  const endpoint = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL;
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || (endpoint ? "us-east-1" : undefined);
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: token } = env;
  return {
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
    ...(region && { region }),
    ...(accessKeyId &&
      secretAccessKey && { credentials: { accessKeyId, secretAccessKey, ...(token && { sessionToken: token }) } }),
    // Not every store knows the checksums that AWS takes; what was written is compared all the same.
    ...(endpoint && {
      endpoint,
      forcePathStyle: true,
      ...(!env.AWS_REQUEST_CHECKSUM_CALCULATION && { requestChecksumCalculation: "WHEN_REQUIRED" as const }),
      ...(!env.AWS_RESPONSE_CHECKSUM_VALIDATION && { responseChecksumValidation: "WHEN_REQUIRED" as const }),
    }),
  };
}

async function put(client: S3Client, file: string, address: ObjectAddress, signal?: AbortSignal): Promise<void> {
  const { size } = await stat(file);
  const partSize = Math.max(PART_BYTES, Math.ceil(size / MAX_PARTS));
  const { sha256, etag } = await digestsOf(file, partSize);
  const place = { Bucket: address.bucket, Key: address.key };
  const upload = new Upload({
    client,
    params: { ...place, Body: createReadStream(file, { highWaterMark: 2 ** 20 }), Metadata: { sha256 } },
    partSize,
    queueSize: 2,
    leavePartsOnError: false,
  });
  const abort = () => void upload.abort();
  signal?.addEventListener("abort", abort);
  try {
    signal?.throwIfAborted();
    await upload.done();
  } finally {
    signal?.removeEventListener("abort", abort);
  }
  const written = await client.send(new HeadObjectCommand(place));
  const whole = written.ContentLength === size && written.Metadata?.sha256 === sha256;
  // A store may count its tags otherwise, or encrypt: then what it holds is read.
  if (whole && written.ETag?.replaceAll('"', "") === etag) return;
  const answer = await client.send(new GetObjectCommand(place));
  const hash = createHash("sha256");
  await pipeline(bodyOf(answer), hash);
  if (hash.digest("hex") !== sha256) {
    throw new Failure({
      kind: "unavailable",
      message: `${addressText(address)} is not what was written to it`,
      advice: "run it again; if it stays so, ask whoever runs the object store",
    });
  }
}

/** The SHA-256 of a file in hex, and the tag that S3 gives an object of its parts. */
async function digestsOf(file: string, partSize: number): Promise<{ sha256: string; etag: string }> {
  const whole = createHash("sha256");
  const parts: Buffer[] = [];
  let part = createHash("md5");
  let inPart = 0;
  let rest: Buffer;
  for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20 })) {
    whole.update(chunk as Buffer);
    for (rest = chunk as Buffer; rest.length > 0; ) {
      const now = rest.subarray(0, partSize - inPart);
      part.update(now);
      inPart += now.length;
      rest = rest.subarray(now.length);
      if (inPart < partSize) continue;
      parts.push(part.digest());
      part = createHash("md5");
      inPart = 0;
    }
  }
  if (inPart > 0 || parts.length === 0) parts.push(part.digest());
  const [only] = parts;
  const together = createHash("md5").update(Buffer.concat(parts)).digest("hex");
  const etag = parts.length === 1 ? only!.toString("hex") : `${together}-${parts.length}`;
  return { sha256: whole.digest("hex"), etag };
}

async function get(client: S3Client, address: ObjectAddress, file: string, signal?: AbortSignal): Promise<boolean> {
  const part = `${file}.part`;
  try {
    const answer = await client.send(new GetObjectCommand({ Bucket: address.bucket, Key: address.key }));
    const hash = createHash("sha256");
    await pipeline(
      bodyOf(answer),
      async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(part, { mode: 0o600 }),
      ...(signal ? [{ signal }] : []),
    );
    const { size } = await stat(part);
    const stated = answer.Metadata?.sha256;
    if ((answer.ContentLength ?? size) !== size || (stated !== undefined && stated !== hash.digest("hex"))) {
      throw new Failure({
        kind: "unavailable",
        message: `${addressText(address)} did not come whole`,
        advice: "run it again",
      });
    }
    await replaceFile(part, file);
    return true;
  } catch (error) {
    await rm(part, { force: true });
    if (error instanceof Error && error.name === "NoSuchKey") return false;
    throw error;
  }
}

function bodyOf({ Body }: GetObjectCommandOutput): Readable {
  return Body instanceof Readable ? Body : Readable.from([]);
}
