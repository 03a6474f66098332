import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What goes wrong with a request; `false`: nothing, it goes through. */
export type Fault = (incoming: IncomingMessage, response: ServerResponse) => boolean;

/** An object store of which some requests fail: it stands in front of one that works. */
export interface HostileStore {
  readonly url: string;
  /** All requests, as `PUT /lake/key?partNumber=1`, in the order in which they came. */
  readonly requests: readonly string[];
  /** What goes wrong from now on. */
  fault: Fault;
  close(): Promise<void>;
}

/** Answers `500 Internal Error`, as S3 does. */
export function internalError(response: ServerResponse): true {
  response.writeHead(500, { "content-type": "application/xml" });
  response.end('<?xml version="1.0"?><Error><Code>InternalError</Code><Message>Please try again</Message></Error>');
  return true;
}

/** Breaks the connection in the middle of the request. */
export function broken(incoming: IncomingMessage): true {
  incoming.socket.destroy();
  return true;
}

/** Starts it on loopback, in front of the store at `target`. */
export async function hostileStore(target: string): Promise<HostileStore> {
  const requests: string[] = [];
  const server = createServer((incoming, response) => {
    requests.push(`${incoming.method} ${incoming.url}`);
    if (store.fault(incoming, response)) return void incoming.resume();
    const headers = incoming.headers;
    const out = request(`${target}${incoming.url}`, { method: incoming.method!, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    out.on("error", () => response.destroy());
    incoming.pipe(out);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const store: HostileStore = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    fault: () => false,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return store;
}
