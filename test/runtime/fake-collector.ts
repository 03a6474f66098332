import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";

/** A span as the collector got it. */
export interface SentSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId: string;
  readonly name: string;
  readonly failed: string | undefined;
}

/** A log line as the collector got it. */
export interface SentLine {
  readonly body: string;
  readonly severity: number;
  readonly traceId: string;
}

/** An OpenTelemetry collector that keeps what it is sent. */
export interface FakeCollector {
  readonly address: string;
  readonly spans: SentSpan[];
  readonly lines: SentLine[];
  /** All bytes that came, as text. */
  text(): string;
  /** From now on every export is refused. */
  refuse(): void;
  close(): void;
}

/** Starts one on loopback; with TLS where a certificate is given. */
export async function startCollector(tls?: { cert: Buffer; key: Buffer }): Promise<FakeCollector> {
  const spans: SentSpan[] = [];
  const lines: SentLine[] = [];
  const received: Buffer[] = [];
  let refusing = false;
  const take =
    (read: (bytes: Uint8Array) => void) => (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) => {
      if (refusing) {
        done({ code: status.INTERNAL, details: "no" });
        return;
      }
      received.push(call.request);
      read(call.request);
      done(null, Buffer.alloc(0));
    };
  const method = (path: string) => ({
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: (bytes: Buffer) => bytes,
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: (bytes: Buffer) => bytes,
  });
  const server = new Server();
  server.addService(
    { export: method("/opentelemetry.proto.collector.trace.v1.TraceService/Export") },
    { export: take((bytes) => spans.push(...innermost(bytes).map(spanOf))) },
  );
  server.addService(
    { export: method("/opentelemetry.proto.collector.logs.v1.LogsService/Export") },
    { export: take((bytes) => lines.push(...innermost(bytes).map(lineOf))) },
  );
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [{ private_key: tls.key, cert_chain: tls.cert }]);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return {
    address: `127.0.0.1:${port}`,
    spans,
    lines,
    text: () => Buffer.concat(received).toString("latin1"),
    refuse() {
      refusing = true;
    },
    close: () => server.forceShutdown(),
  };
}

/** Source: OpenTelemetry's protocol, trace.proto. */
function spanOf(bytes: Uint8Array): SentSpan {
  const fields = fieldsOf(bytes);
  const state = fields.get(15)?.[0];
  const failed = state instanceof Uint8Array && fieldsOf(state).get(3)?.[0] === 2;
  return {
    traceId: hex(fields.get(1)),
    id: hex(fields.get(2)),
    parentId: hex(fields.get(4)),
    name: string(fields.get(5)),
    failed: failed ? string(fieldsOf(state).get(2)) : undefined,
  };
}

/** Source: OpenTelemetry's protocol, logs.proto. */
function lineOf(bytes: Uint8Array): SentLine {
  const fields = fieldsOf(bytes);
  const body = fields.get(5)?.[0];
  return {
    severity: Number(fields.get(2)?.[0] ?? 0),
    body: body instanceof Uint8Array ? string(fieldsOf(body).get(1)) : "",
    traceId: hex(fields.get(9)),
  };
}

/** The spans or log records of a request: lists within lists, by resource and by scope. */
function innermost(request: Uint8Array): Uint8Array[] {
  const within = (bytes: Uint8Array, field: number) =>
    (fieldsOf(bytes).get(field) ?? []).filter((value): value is Uint8Array => value instanceof Uint8Array);
  return within(request, 1).flatMap((resource) => within(resource, 2).flatMap((scope) => within(scope, 2)));
}

type Value = Uint8Array | number | bigint;

function fieldsOf(bytes: Uint8Array): Map<number, Value[]> {
  const reader = new BinaryReader(bytes);
  const fields = new Map<number, Value[]>();
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    let value: Value;
    if (type === WireType.LengthDelimited) value = reader.bytes();
    else if (type === WireType.Varint) value = Number(reader.uint64());
    else if (type === WireType.Bit64) value = BigInt(reader.fixed64());
    else value = reader.fixed32();
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  return fields;
}

function string(values: readonly Value[] | undefined): string {
  const [value] = values ?? [];
  return value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : "";
}

function hex(values: readonly Value[] | undefined): string {
  const [value] = values ?? [];
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : "";
}
