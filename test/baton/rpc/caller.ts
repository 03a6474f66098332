import {
  create,
  type DescMessage,
  type DescMethod,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import {
  ChannelCredentials,
  Client,
  type ClientOptions,
  credentials,
  Metadata,
  type ServiceError,
} from "@grpc/grpc-js";
import { protoJson } from "../../../src/baton/model/json.ts";
import { codeName } from "../../../src/baton/rpc/status.ts";
import { StatusSchema } from "../../../src/gen/google/rpc/status_pb.ts";

/** How a call is made. */
export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds from now. */
  readonly timeoutMs?: number;
}

/** What a call that failed was answered. */
export class Refused extends Error {
  readonly code: string;
  // biome-ignore lint/suspicious/noExplicitAny: details are of any type
  readonly details: readonly any[];

  constructor(error: ServiceError) {
    const [bytes] = error.metadata?.get("grpc-status-details-bin") ?? [];
    const status = bytes instanceof Uint8Array ? fromBinary(StatusSchema, bytes) : undefined;
    super(`${codeName(error.code)}: ${error.details}`);
    this.code = codeName(error.code);
    const json = status && (protoJson(StatusSchema, status) as { details?: unknown[] });
    this.details = json?.details ?? [];
  }

  /** The detail of a type, as proto3 JSON. */
  detail(type: string) {
    return this.details.find((one) => one["@type"].endsWith(`/${type}`));
  }
}

/** A client that is not the project's own: the transport's, with no check of anything. */
export class Caller {
  readonly client: Client;

  constructor(address: string, ca?: string, options: ClientOptions = {}, pair?: { cert: string; key: string }) {
    const channel =
      ca === undefined
        ? ChannelCredentials.createInsecure()
        : credentials.createSsl(
            Buffer.from(ca),
            pair ? Buffer.from(pair.key) : null,
            pair ? Buffer.from(pair.cert) : null,
          );
    // The transport cannot speak TLS to an IP address.
    this.client = new Client(ca === undefined ? address : address.replace("127.0.0.1", "localhost"), channel, {
      "grpc.max_receive_message_length": -1,
      "grpc.max_send_message_length": -1,
      ...options,
    });
  }

  /** Calls a method; rejects with {@link Refused}. */
  call<In extends DescMessage, Out extends DescMessage>(
    method: DescMethodUnary<In, Out>,
    init: MessageInitShape<In>,
    options: CallOptions = {},
  ): Promise<MessageShape<Out>> {
    const request = toBinary(method.input, create(method.input, init));
    const answer = this.raw(pathOf(method), request, options).then((bytes) => fromBinary(method.output, bytes));
    // Several calls are made before the first one is looked at.
    answer.catch(() => {});
    return answer;
  }

  /** Sends bytes as they are. */
  raw(path: string, bytes: Uint8Array, { headers = {}, timeoutMs }: CallOptions = {}): Promise<Uint8Array> {
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    const same = (some: Uint8Array) => Buffer.from(some);
    return new Promise((resolve, reject) => {
      const deadline = timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
      this.client.makeUnaryRequest(path, same, same, bytes, metadata, deadline, (error, answer) => {
        if (error === null) resolve(answer!);
        else reject(new Refused(error));
      });
    });
  }

  close(): void {
    this.client.close();
  }
}

export function pathOf(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}

/** What a call was refused with; fails where it was not. */
export async function refusal(call: Promise<unknown>): Promise<Refused> {
  const answer = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (answer instanceof Refused) return answer;
  throw answer ?? new Error("the call was not refused");
}
