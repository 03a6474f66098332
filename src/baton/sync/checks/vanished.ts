import { Failure, isFailure } from "../../../runtime/failure.ts";
import type { Call, ResourceTypeSupport } from "../../connector.ts";

/** So many resources may vanish while they are read without more than a line for each. */
export const MAX_QUIET_VANISHED = 3;

/**
 * What speaks against it that a resource is gone, whose grants or entitlements were answered with `notFound`: that it
 * can be read itself, or why that could not be seen. `undefined` where it is gone: reading it says so too, or the
 * connector reads no resource singly.
 */
export async function contradiction(
  support: ResourceTypeSupport,
  id: string,
  notFound: Failure,
  call: Call,
): Promise<Failure | undefined> {
  if (support.get === undefined) return undefined;
  try {
    if ((await support.get(id, call)) === undefined) return undefined;
  } catch (error) {
    if (isFailure(error, "notFound")) return undefined;
    if (isFailure(error)) return error;
    throw error;
  }
  return new Failure({
    kind: "unavailable",
    message: `${support.type.id} ${id} is there, and what belongs to it is answered as not found`,
    ...(notFound.attempted !== undefined && { attempted: notFound.attempted }),
    ...(notFound.answer !== undefined && { answer: notFound.answer }),
    advice: "run the same command again: it goes on where this one stopped",
    cause: notFound,
  });
}
