import { create, type DescMessage, type MessageInitShape, type MessageShape } from "@bufbuild/protobuf";
import { type Any, anyIs, anyPack, anyUnpack } from "@bufbuild/protobuf/wkt";
import { Failure } from "../../runtime/failure.ts";

/** An annotation: a message of any type, packed with the name of its type. */
export function pack<Desc extends DescMessage>(schema: Desc, init: MessageInitShape<Desc>): Any {
  return anyPack(schema, create(schema, init));
}

/**
 * The first annotation of a type, unpacked; `undefined` where there is none. Throws a {@link Failure} of kind
 * `invalidArgument` where it is not what its type says.
 */
export function find<Desc extends DescMessage>(
  annotations: readonly Any[],
  schema: Desc,
): MessageShape<Desc> | undefined {
  const annotation = annotations.find((candidate) => anyIs(candidate, schema));
  if (!annotation) return undefined;
  try {
    return anyUnpack(annotation, schema);
  } catch (cause) {
    throw new Failure({ kind: "invalidArgument", message: `an annotation is no ${schema.typeName}`, cause });
  }
}

/** Whether there is an annotation of a type. */
export function has(annotations: readonly Any[], schema: DescMessage): boolean {
  return annotations.some((annotation) => anyIs(annotation, schema));
}
