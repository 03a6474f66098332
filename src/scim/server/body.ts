import type { IncomingMessage } from "node:http";

/** The largest body that is taken, in bytes: a group of 200,000 members with their names. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Why a body was not taken. */
export class BodyTooLarge extends Error {}

/** Reads a request's body whole. Throws {@link BodyTooLarge}, and where the client leaves in the middle. */
export function readAll(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) {
      reject(new BodyTooLarge());
      return;
    }
    const parts: Buffer[] = [];
    let length = 0;
    request.on("data", (part: Buffer) => {
      length += part.length;
      if (length > MAX_BODY_BYTES) {
        reject(new BodyTooLarge());
        return;
      }
      parts.push(part);
    });
    request.once("end", () => resolve(Buffer.concat(parts)));
    request.once("error", reject);
    request.once("aborted", () => reject(new Error("the client left before its request was whole")));
  });
}
