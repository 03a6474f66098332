import type { EventEmitter } from "node:events";
import { create, type DescMessage, type DescMethod, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";
import {
  type handleUnaryCall,
  Metadata,
  type MethodDefinition,
  type Server,
  type ServerDuplexStream,
  type ServerWritableStream,
  type UntypedHandleCall,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { StatusSchema } from "../../../gen/google/rpc/status_pb.ts";
import type { Clock } from "../../../runtime/clock.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import type { Log } from "../../../runtime/log/log.ts";
import type { Traces } from "../../../runtime/traces/traces.ts";
import type { Call, RateLimit } from "../../connector.ts";
import { Code, codeOf, statusOf } from "../status.ts";
import { rateLimitMessages, tighter } from "./rate-limit.ts";
import { EncodedAnswer, type Served, type UnaryAnswer } from "./service.ts";

/** What the adapter works with. */
export interface AdapterDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Who speaks in error details, as `acme.okta.com`. */
  readonly domain?: string;
  readonly traces: Traces;
}

type Bytes = Uint8Array;
type AnyCall =
  | Parameters<handleUnaryCall<Bytes, Bytes>>[0]
  | ServerWritableStream<Bytes, Bytes>
  | ServerDuplexStream<Bytes, Bytes>;

/**
 * Adds services to a server: one loop over their descriptors. Bytes are decoded here and not by the transport, so that
 * malformed ones are the caller's fault (`INVALID_ARGUMENT`).
 */
export function addServices(server: Server, served: readonly Served[], deps: AdapterDeps): void {
  for (const { service, handlers } of served) {
    const definition: Record<string, MethodDefinition<Bytes, Bytes>> = {};
    const implementation: UntypedServiceImplementation = {};
    for (const method of service.methods) {
      definition[method.localName] = definitionOf(method);
      implementation[method.localName] = handle(method, handlers[method.localName]!, deps);
    }
    server.addService(definition, implementation);
  }
}

function definitionOf(method: DescMethod): MethodDefinition<Bytes, Bytes> {
  // The transport writes buffers only; the view shares the bytes.
  const same = (bytes: Bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    requestStream: method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming",
    responseStream: method.methodKind === "server_streaming" || method.methodKind === "bidi_streaming",
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}

function handle(method: DescMethod, handler: Served["handlers"][string], deps: AdapterDeps): UntypedHandleCall {
  const name = `${method.parent.typeName}/${method.name}`;
  const fail = (error: unknown, seen?: RateLimit) => grpcError(error, method, deps, seen);
  if (method.methodKind === "unary") {
    const unary: handleUnaryCall<Bytes, Bytes> = async (grpc, answer) => {
      const { call, seen, done } = callOf(grpc);
      try {
        const handled = deps.traces.span(name, { "rpc.system": "grpc" }, async () =>
          handler(decode(method.input, grpc.request), call),
        );
        answer(null, encode(method.output, await handled, seen()));
      } catch (error) {
        answer(fail(ended(grpc, call, error), seen()));
      } finally {
        done();
      }
    };
    return unary as UntypedHandleCall;
  }
  const streaming = async (grpc: ServerWritableStream<Bytes, Bytes> | ServerDuplexStream<Bytes, Bytes>) => {
    const { call, done } = callOf(grpc);
    grpc.on("error", () => {});
    try {
      const input =
        method.methodKind === "bidi_streaming"
          ? decodeAll(method, grpc)
          : decode(method.input, (grpc as ServerWritableStream<Bytes, Bytes>).request);
      for await (const response of handler(input, call)) {
        call.signal.throwIfAborted();
        if (!grpc.write(toBinary(method.output, create(method.output, response)))) await drained(grpc, call.signal);
      }
      grpc.end();
    } catch (error) {
      grpc.emit("error", fail(ended(grpc, call, error)));
    } finally {
      done();
    }
  };
  return streaming as UntypedHandleCall;
}

function decode(schema: DescMessage, bytes: Bytes) {
  try {
    return fromBinary(schema, bytes);
  } catch (cause) {
    throw new Failure({ kind: "invalidArgument", message: `the request is no ${schema.typeName}`, cause });
  }
}

async function* decodeAll(method: DescMethod, grpc: AnyCall) {
  // The last question must not end the stream: answers and the status are still to be sent on it.
  const requests = (grpc as ServerDuplexStream<Bytes, Bytes>).iterator({ destroyOnReturn: false });
  for await (const bytes of requests) yield decode(method.input, bytes);
}

/** What a call carries down: the client's deadline and cancellation, and an ear for what is learned of the limit. */
function callOf(grpc: AnyCall): { call: Call; seen: () => RateLimit | undefined; done: () => void } {
  const abort = new AbortController();
  const onCancelled = () => abort.abort(new Failure({ kind: "cancelled", message: "the caller gave the call up" }));
  const events = grpc as EventEmitter;
  events.on("cancelled", onCancelled);
  if (grpc.cancelled) onCancelled();
  const deadline = Number(grpc.getDeadline());
  let limit: RateLimit | undefined;
  const call: Call = {
    signal: abort.signal,
    ...(Number.isFinite(deadline) ? { deadline } : {}),
    client: grpc.getPeer(),
    observe: (seen) => {
      limit = tighter(limit, seen);
    },
  };
  return { call, seen: () => limit, done: () => events.off("cancelled", onCancelled) };
}

/** What a call failed with: where it was given up, that, whatever came of it inside. */
function ended(grpc: AnyCall, call: Call, error: unknown): unknown {
  if (!call.signal.aborted && !grpc.cancelled) return error;
  const kind = call.deadline !== undefined && call.deadline <= Date.now() ? "deadlineExceeded" : "cancelled";
  return new Failure({ kind, message: "the call ended before its answer was there", cause: error });
}

/** An answer's bytes, with what is known of the rate limit. */
function encode<Out extends DescMessage>(schema: Out, handled: UnaryAnswer<Out>, seen: RateLimit | undefined): Bytes {
  const isEncoded = handled instanceof EncodedAnswer;
  const response = create(schema, isEncoded ? handled.rest : handled);
  annotate(response, seen);
  const bytes = toBinary(schema, response);
  return isEncoded ? Buffer.concat([handled.bytes, bytes]) : bytes;
}

/** Adds what is known of the rate limit to an answer that has room for it. */
function annotate(response: object, seen: RateLimit | undefined): void {
  if (seen !== undefined && "annotations" in response) (response.annotations as Any[]).push(...rateLimitMessages(seen));
}

function grpcError(error: unknown, method: DescMethod, { clock, log, domain }: AdapterDeps, seen?: RateLimit) {
  if (!isFailure(error) || codeOf(error) === Code.INTERNAL) {
    log.error("a call failed unexpectedly", {
      method: `${method.parent.typeName}/${method.name}`,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
  const status = statusOf(error, { now: clock.now(), seen, ...(domain === undefined ? {} : { domain }) });
  const metadata = new Metadata();
  if (status.details.length > 0) {
    metadata.set("grpc-status-details-bin", Buffer.from(toBinary(StatusSchema, status)));
  }
  return Object.assign(new Error(status.message), { code: status.code, details: status.message, metadata });
}

function drained(grpc: ServerWritableStream<Bytes, Bytes> | ServerDuplexStream<Bytes, Bytes>, signal: AbortSignal) {
  return new Promise<void>((resolve, reject) => {
    const stop = () => reject(signal.reason);
    grpc.once("drain", () => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
    signal.addEventListener("abort", stop, { once: true });
  });
}
