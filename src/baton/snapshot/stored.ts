import { type DescMessage, fromBinary, type MessageShape } from "@bufbuild/protobuf";
import { Failure } from "../../runtime/failure.ts";

/** A row of a snapshot with its message, which is decoded when it is asked for. */
export class Stored<Desc extends DescMessage> {
  /** The row's external id. */
  readonly id: string;
  readonly #schema: Desc;
  readonly #load: (() => Uint8Array) | undefined;
  #data: Uint8Array | undefined;
  #message: MessageShape<Desc> | undefined;

  /** `load`: reads the message's bytes where they are asked for, and the row came without them. */
  constructor(schema: Desc, row: Record<string, unknown>, load?: () => Uint8Array) {
    this.#schema = schema;
    this.id = String(row.external_id);
    this.#data = row.data as Uint8Array;
    this.#load = load;
  }

  /** The message's bytes. */
  get data(): Uint8Array {
    if (this.#data === null && this.#load !== undefined) this.#data = this.#load();
    return this.#data as Uint8Array;
  }

  /** The message. Throws a {@link Failure} of kind `notASnapshot` where the bytes are no such message. */
  get message(): MessageShape<Desc> {
    this.#message ??= decode(this.#schema, this.data, this.id);
    return this.#message;
  }
}

/** Decodes the message of a row. Throws a {@link Failure} of kind `notASnapshot` where the bytes are no such message. */
export function decode<Desc extends DescMessage>(schema: Desc, data: Uint8Array, id: string): MessageShape<Desc> {
  try {
    return fromBinary(schema, data);
  } catch (cause) {
    throw new Failure({
      kind: "notASnapshot",
      message: `the snapshot is corrupt: what it holds as ${id} is no ${schema.typeName}`,
      cause,
    });
  }
}
