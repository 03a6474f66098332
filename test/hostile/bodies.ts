import type { ServerResponse } from "node:http";
import zlib from "node:zlib";
import type { Misbehaviour } from "./okta.ts";

/** Sends spaces for as long as somebody takes them; `sent` hears how many bytes that were. */
export function sendEndless(response: ServerResponse, sent: (bytes: number) => void = () => {}): void {
  const chunk = Buffer.alloc(1 << 20, 0x20);
  let open = true;
  response.on("close", () => {
    open = false;
  });
  response.writeHead(200, { "content-type": "application/json" });
  const more = () => {
    if (!open) return;
    sent(chunk.length);
    response.write(chunk, () => setImmediate(more));
  };
  more();
}

/** Answers a body that never ends. */
export const endlessBody: Misbehaviour = (_asked, response) => sendEndless(response);

/** Answers so many bytes of spaces, packed by gzip into a thousandth of that. */
export function gzipBomb(bytes: number): Misbehaviour {
  return (_asked, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
    response.end(zlib.gzipSync(Buffer.alloc(bytes, 0x20)));
  };
}
