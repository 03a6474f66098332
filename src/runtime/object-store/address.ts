import { Failure } from "../failure.ts";

/** Where an object, or many with a common beginning, lie in a store. */
export interface ObjectAddress {
  readonly bucket: string;
  /** Without a slash at its beginning and end; `""`: the whole bucket. */
  readonly key: string;
}

const SCHEME = "s3://";

/** Whether a place is in an object store, and not in the file system. */
export function isObjectAddress(text: string): boolean {
  return text.startsWith(SCHEME);
}

/** Reads `s3://bucket/key`. Throws a {@link Failure} of kind `usage` where that is none. */
export function parseObjectAddress(text: string): ObjectAddress {
  const [bucket = "", ...rest] = text.slice(SCHEME.length).split("/");
  const key = rest.join("/").replace(/^\/+|\/+$/g, "");
  if (!isObjectAddress(text) || !/^[a-zA-Z0-9][\w.-]+$/.test(bucket) || key.split("/").includes("..")) {
    throw new Failure({
      kind: "usage",
      message: `${JSON.stringify(text)} is no place in an object store`,
      advice: "write s3://bucket/prefix",
    });
  }
  return { bucket, key };
}

/** The address of a file below another address. */
export function within({ bucket, key }: ObjectAddress, name: string): ObjectAddress {
  return { bucket, key: key === "" ? name : `${key}/${name}` };
}

/** As people write it. */
export function addressText({ bucket, key }: ObjectAddress): string {
  return `${SCHEME}${bucket}/${key}`;
}
