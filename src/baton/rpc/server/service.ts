import type { DescMessage, DescService, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import type { Call } from "../../connector.ts";

/** An answer of which a part is encoded already: `bytes` are fields of the message, those of `rest` follow them. */
export class EncodedAnswer<Init> {
  readonly bytes: Uint8Array;
  readonly rest: Init;

  constructor(bytes: Uint8Array, rest: Init) {
    this.bytes = bytes;
    this.rest = rest;
  }
}

/** What a unary method answers. */
export type UnaryAnswer<Out extends DescMessage> = MessageInitShape<Out> | EncodedAnswer<MessageInitShape<Out>>;

/** What answers a method, by the kind of it. */
export type Handler<Method> = Method extends {
  methodKind: infer Kind;
  input: infer In extends DescMessage;
  output: infer Out extends DescMessage;
}
  ? Kind extends "unary"
    ? (request: MessageShape<In>, call: Call) => UnaryAnswer<Out> | Promise<UnaryAnswer<Out>>
    : Kind extends "server_streaming"
      ? (request: MessageShape<In>, call: Call) => AsyncIterable<MessageInitShape<Out>>
      : Kind extends "bidi_streaming"
        ? (requests: AsyncIterable<MessageShape<In>>, call: Call) => AsyncIterable<MessageInitShape<Out>>
        : never
  : never;

/** What answers each method of a service. */
export type Handlers<Service extends DescService> = {
  readonly [Name in keyof Service["method"]]: Handler<Service["method"][Name]>;
};

/** A service and what answers it. */
export interface Served {
  readonly service: DescService;
  // biome-ignore lint/suspicious/noExplicitAny: each handler has the types of its method, which `serve` has checked
  readonly handlers: Readonly<Record<string, (...args: any[]) => any>>;
}

/** Ties a service to what answers it. */
export function serve<Service extends DescService>(service: Service, handlers: Handlers<Service>): Served {
  return { service, handlers: handlers as Served["handlers"] };
}
