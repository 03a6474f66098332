import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { Failure } from "../runtime/failure.ts";
import { Connections } from "../runtime/http/connections.ts";
import { listenFailure } from "../runtime/http/listen-failure.ts";
import { maxOpenFiles } from "../runtime/open-files.ts";

/** How the page listens. */
export interface PageServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Makes what answers, once the port is known. */
  readonly answers: (port: number) => (request: Request) => Response | Promise<Response>;
}

/** A page that is served. */
export interface PageServer {
  readonly port: number;
  /** Takes no more requests and resolves when those under way are answered. */
  stop(): Promise<void>;
  /** Ends at once what is under way. */
  kill(): void;
}

/** How long the head of a request, and all of it, may take to come, in milliseconds. */
const HEAD_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** How long a connection is kept open between two requests, longer than load balancers do, in milliseconds. */
const KEEP_ALIVE_MS = 75_000;
/** Connections at a time, where the system lets the process have many more files open. */
const MAX_CONNECTIONS = 500;
const MIN_CONNECTIONS = 16;
/** The head of a request, in bytes. */
const MAX_HEAD = 16 * 1024;

/** Listens. Throws a {@link Failure} of kind `usage` where it cannot. */
export async function startPageServer({ host, port, answers }: PageServerOptions): Promise<PageServer> {
  const connections = new Connections({
    max: Math.max(MIN_CONNECTIONS, Math.min(MAX_CONNECTIONS, Math.floor(maxOpenFiles() / 4))),
    silentMs: HEAD_TIMEOUT_MS,
  });
  let stopping = false;
  let listener: (request: IncomingMessage, response: ServerResponse) => unknown = (_, response) => response.destroy();
  const server = createServer(
    {
      headersTimeout: HEAD_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: MAX_HEAD,
    },
    (request, response) => {
      const { socket } = request;
      connections.rise(socket, "admitted");
      response.once("close", () => connections.settle(socket));
      response.on("error", () => {});
      if (stopping) response.setHeader("connection", "close");
      void listener(request, response);
    },
  );
  server.on("connection", (socket) => connections.add(socket));
  server.on("clientError", (_error, socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    else socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(listenFailure("the page", error, { host, port }, "give --listen another address")),
    );
    server.listen(port, host, resolve);
  });
  const taken = (server.address() as AddressInfo).port;
  const answer = answers(taken);
  listener = getRequestListener((request) => answer(request), { overrideGlobalObjects: false });
  return {
    port: taken,
    stop: () =>
      new Promise((resolve) => {
        stopping = true;
        server.close(() => resolve());
        server.closeIdleConnections();
        connections.end("silent");
      }),
    kill: () => server.closeAllConnections(),
  };
}
