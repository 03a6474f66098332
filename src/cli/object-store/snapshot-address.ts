import { Failure } from "../../runtime/failure.ts";
import { type ObjectAddress, parseObjectAddress } from "../../runtime/object-store/address.ts";

/** Reads the address of one snapshot in an object store. Throws a {@link Failure} of kind `usage` where it is none. */
export function snapshotAddress(place: string): ObjectAddress {
  const address = parseObjectAddress(place);
  if (address.key !== "") return address;
  throw new Failure({
    kind: "usage",
    message: `${place} names a bucket, not a snapshot in it`,
    advice: "write s3://bucket/acme.c1z",
  });
}
