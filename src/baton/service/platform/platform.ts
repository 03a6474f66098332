import { getCACertificates } from "node:tls";
import {
  create,
  type DescMessage,
  type DescMethodUnary,
  fromBinary,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import {
  type ChannelOptions,
  Client,
  type ClientWritableStream,
  credentials,
  Metadata,
  type ServiceError,
} from "@grpc/grpc-js";
import {
  BatonService,
  type BatonServiceUploadAssetRequest,
  BatonServiceUploadAssetRequestSchema,
  type BatonServiceUploadAssetResponse,
  BatonServiceUploadAssetResponseSchema,
} from "../../../gen/c1/connectorapi/baton/v1/baton_pb.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import { ipTarget } from "../../rpc/client/ip-target.ts";
import { platformFailure } from "./failure.ts";
import { formatAddress, type Identity, isLoopback } from "./identity.ts";
import type { Tokens } from "./token.ts";

/** How long a call may take, in milliseconds, where nothing else is said. */
const CALL_MS = 60_000;

/** Calls in a row without any answer after which the connection counts as dead, and is replaced. */
const DEAD_AFTER = 2;

const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** How the platform is reached. */
export interface PlatformRoute {
  readonly identity: Identity;
  readonly tokens: Tokens;
  readonly userAgent: string;
  /** Trusted in place of what Node trusts, as PEM. */
  readonly ca?: string;
  /** How long a call may take, in milliseconds; a minute where not given. */
  readonly callMs?: number;
}

/** What is sent and received by an upload that is under way. */
export interface UploadStream {
  /** Sends a message, and waits until the connection has taken it. */
  send(message: BatonServiceUploadAssetRequest): Promise<void>;
  /** Ends the stream, and waits for the platform's answer. */
  finish(): Promise<BatonServiceUploadAssetResponse>;
  /** Gives the upload up. */
  cancel(): void;
}

/** A platform, over one connection that is reused. Every call throws a {@link Failure}. */
export interface Platform {
  call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageShape<I>,
    signal?: AbortSignal,
  ): Promise<MessageShape<O>>;
  /** Calls `body` with an upload. Throws what it throws, or what the platform answered. */
  upload<T>(body: (stream: UploadStream) => Promise<T>, signal: AbortSignal): Promise<T>;
  close(): void;
}

/** Connects to a platform; nothing is sent yet. */
export function connectPlatform(route: PlatformRoute): Platform {
  const { tokens, callMs = CALL_MS } = route;
  let client = open(route);
  let unanswered = 0;

  /** Replaces a connection over which nothing is answered. What still runs over the old one may end. */
  function heard(failure: Failure | undefined): void {
    unanswered = failure?.kind === "deadlineExceeded" ? unanswered + 1 : 0;
    if (unanswered < DEAD_AFTER) return;
    unanswered = 0;
    const old = client;
    client = open(route);
    old.close();
  }

  function unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageShape<I>,
    token: string,
    signal: AbortSignal | undefined,
  ): Promise<MessageShape<O>> {
    return new Promise((resolve, reject) => {
      const call = client.makeUnaryRequest<MessageShape<I>, MessageShape<O>>(
        pathOf(method.name),
        (message) => Buffer.from(toBinary(method.input, message)),
        (bytes) => fromBinary(method.output, bytes),
        request,
        metadata(token),
        { deadline: Date.now() + callMs },
        (error: ServiceError | null, response?: MessageShape<O>) => {
          signal?.removeEventListener("abort", stop);
          const failure = error === null ? undefined : platformFailure(method.name, error, token);
          if (!signal?.aborted) heard(failure);
          if (failure !== undefined) reject(failure);
          else resolve(response!);
        },
      );
      const stop = () => call.cancel();
      signal?.addEventListener("abort", stop, { once: true });
      if (signal?.aborted) stop();
    });
  }

  async function upload<T>(body: (stream: UploadStream) => Promise<T>, token: string, signal: AbortSignal): Promise<T> {
    let stream: ClientWritableStream<BatonServiceUploadAssetRequest> | undefined;
    const stop = () => stream?.cancel();
    const answered = new Promise<BatonServiceUploadAssetResponse>((resolve, reject) => {
      stream = client.makeClientStreamRequest(
        pathOf("UploadAsset"),
        (message: BatonServiceUploadAssetRequest) =>
          Buffer.from(toBinary(BatonServiceUploadAssetRequestSchema, message)),
        (bytes) => fromBinary(BatonServiceUploadAssetResponseSchema, bytes),
        metadata(token),
        (error: ServiceError | null, response?: BatonServiceUploadAssetResponse) => {
          if (error === null) resolve(response ?? create(BatonServiceUploadAssetResponseSchema));
          else reject(platformFailure("UploadAsset", error, token));
        },
      );
      // The answer says what is wrong; the stream's own event would only say it twice.
      stream.on("error", () => {});
    });
    answered.catch(() => {});
    signal.addEventListener("abort", stop, { once: true });
    try {
      signal.throwIfAborted();
      return await body({
        // The platform may answer before it has taken everything: then there is nothing to wait for.
        send: (message) =>
          Promise.race([
            new Promise<void>((taken) => stream!.write(message, () => taken())),
            answered.then(() => {
              throw new Failure({
                kind: "internal",
                message: "the platform ended the upload before all of it was sent",
                attempted: "UploadAsset",
              });
            }),
          ]),
        finish: () => {
          stream!.end();
          return answered;
        },
        cancel: stop,
      });
    } catch (error) {
      stop();
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** Calls with a token, and once more with a new one where the platform does not take it. */
  async function authorized<T>(call: (token: string) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const token = await unlessAborted(tokens.get(), signal);
    try {
      return await call(token);
    } catch (error) {
      if (!isFailure(error, "unauthenticated")) throw error;
      tokens.refuse(token);
      return await call(await unlessAborted(tokens.get(), signal));
    }
  }

  return {
    call: (method, request, signal) => authorized((token) => unary(method, request, token, signal), signal),
    upload: (body, signal) => authorized((token) => upload(body, token, signal), signal),
    close() {
      tokens.close();
      client.close();
    },
  };
}

/** Waits for what others wait for too, and so goes on by itself; throws as soon as it is of no use any more. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  const done = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const stop = () => reject(new Failure({ kind: "cancelled", message: "the call was given up" }));
    signal.addEventListener("abort", stop, { once: true, signal: done.signal });
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    done.abort();
  }
}

function open({ identity, userAgent, ca }: PlatformRoute): Client {
  const ip = ipTarget(identity.address.host);
  const options: ChannelOptions = {
    "grpc.primary_user_agent": userAgent,
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": -1,
    // Pings more often than this are taken for an attack by servers with gRPC's own defaults.
    "grpc.keepalive_time_ms": 330_000,
    "grpc.keepalive_timeout_ms": 20_000,
    "grpc.initial_reconnect_backoff_ms": 500,
    "grpc.min_reconnect_backoff_ms": 500,
    "grpc.max_reconnect_backoff_ms": 10_000,
    // What is to be repeated is decided here, with a fresh token and a file read anew.
    "grpc.enable_retries": 0,
    "grpc.enable_http_proxy": isLoopback(identity.address) ? 0 : 1,
    ...ip.options,
  };
  // By itself the library passes NODE_EXTRA_CA_CERTS over: it is given all that Node trusts.
  const trusted = Buffer.from(ca ?? getCACertificates("default").join("\n"));
  const secured = credentials.createSsl(trusted, null, null, ip.verify);
  return new Client(formatAddress(identity.address), secured, options);
}

function pathOf(method: string): string {
  return `/${BatonService.typeName}/${method}`;
}

function metadata(token: string): Metadata {
  const found = new Metadata();
  found.set("authorization", `Bearer ${token}`);
  return found;
}
