import { type DescMessage, fromBinary, type MessageShape } from "@bufbuild/protobuf";
import { Failure } from "../../runtime/failure.ts";

/** A row of a snapshot with its message, which is decoded when it is asked for. */
export class Stored<Desc extends DescMessage> {
  /** The row's external id. */
  readonly id: string;
  /** The message's bytes. */
  readonly data: Uint8Array;
  readonly #schema: Desc;
  #message: MessageShape<Desc> | undefined;

  constructor(schema: Desc, row: Record<string, unknown>) {
    this.#schema = schema;
    this.id = String(row.external_id);
    this.data = row.data as Uint8Array;
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
