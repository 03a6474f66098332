import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, isIPv6, type Server } from "node:net";
import { Failure } from "../../runtime/failure.ts";
import { certificateStamp, LOOK_MS, loadCertificate, type TlsFiles } from "../../runtime/http/certificate.ts";
import { Connections } from "../../runtime/http/connections.ts";
import type { Log } from "../../runtime/log/log.ts";
import { maxOpenFiles } from "../../runtime/open-files.ts";
import { errorBody, ScimError } from "../protocol/error.ts";
import { BodyTooLarge, readAll } from "./body.ts";
import type { ScimHandler } from "./handler.ts";
import type { ScimAnswer, ScimRequest } from "./request.ts";

/** How a receiver listens. */
export interface ScimServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Absent: plaintext. */
  readonly tls?: TlsFiles | undefined;
  readonly handler: ScimHandler;
  readonly log: Log;
}

/** A receiver that listens. */
export interface ScimServer {
  /** As `https://127.0.0.1:8443/scim/v2`. */
  readonly url: string;
  /** Takes no more requests and resolves when those under way are answered. */
  stop(): Promise<void>;
  /** Ends at once what is under way. */
  kill(): void;
}

/** The path that everything is under. */
export const BASE_PATH = "/scim/v2";

/** How long the head of a request, and all of it, may take to come, in milliseconds. */
const HEAD_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** How long a connection is kept open between two requests, longer than load balancers do, in milliseconds. */
const KEEP_ALIVE_MS = 75_000;

/** Connections at a time, where the system lets the process have many more files open. */
const MAX_CONNECTIONS = 500;
const MIN_CONNECTIONS = 16;

/** Starts a receiver. Throws a {@link Failure} of kind `usage` where it cannot listen, or the certificate is of no use. */
export async function startScimServer({ host, port, tls, handler, log }: ScimServerOptions): Promise<ScimServer> {
  const connections = new Connections({
    max: Math.max(MIN_CONNECTIONS, Math.min(MAX_CONNECTIONS, Math.floor(maxOpenFiles() / 4))),
    silentMs: HEAD_TIMEOUT_MS,
  });
  const options = {
    headersTimeout: HEAD_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: 1_000,
  };
  const protocol = tls === undefined ? "http" : "https";
  let stopping = false;
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    connections.rise(socket, "admitted");
    response.once("close", () => connections.settle(socket));
    response.on("error", () => {});
    if (stopping) response.setHeader("connection", "close");
    void serve(request, response, handler, protocol, log);
  };
  const server =
    tls === undefined
      ? createPlainServer(options, onRequest)
      : createTlsServer({ ...options, ...loadCertificate(tls), minVersion: "TLSv1.2" }, onRequest);
  // Of a TLS server a request's socket is that of the handshake that is done.
  server.on(tls === undefined ? "connection" : "secureConnection", (socket) => connections.add(socket));
  server.on("clientError", (_error, socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    else socket.destroy();
  });
  const renewal = tls === undefined ? undefined : renewing(server as ReturnType<typeof createTlsServer>, tls, log);
  await listening(server, host, port);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `${protocol}://${isIPv6(host) ? `[${host}]` : host}:${taken}${BASE_PATH}`,
    stop: () =>
      new Promise((resolve) => {
        stopping = true;
        clearInterval(renewal);
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
    kill: () => server.closeAllConnections(),
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  handler: ScimHandler,
  protocol: string,
  log: Log,
): Promise<void> {
  try {
    const answer = await answerTo(request, handler, protocol);
    const text = answer.body === undefined ? "" : JSON.stringify(answer.body);
    response.writeHead(answer.status, {
      ...(answer.status !== 204 && { "content-length": Buffer.byteLength(text) }),
      ...(text !== "" && { "content-type": "application/scim+json; charset=utf-8" }),
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...answer.headers,
    });
    response.end(request.method === "HEAD" ? undefined : text);
  } catch (error) {
    log.debug("a request of a SCIM client broke off", { error });
    response.destroy();
  }
}

async function answerTo(request: IncomingMessage, handler: ScimHandler, protocol: string): Promise<ScimAnswer> {
  const { path, query } = targetOf(request.url ?? "/");
  const under = pathUnderBase(path);
  if (under === undefined) {
    request.resume();
    return refusal(404, `there is nothing here: SCIM is at ${BASE_PATH}`);
  }
  let body: Buffer;
  try {
    body = await readAll(request);
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error;
    // What else comes is not read: the connection cannot be used any more.
    return { ...refusal(413, "the body is too large"), headers: { connection: "close" } };
  }
  const asked: ScimRequest = {
    method: request.method ?? "GET",
    path: under,
    query,
    authorization: request.headers.authorization,
    body,
    base: baseOf(request, protocol),
  };
  return await handler(asked);
}

function targetOf(url: string): { path: string; query: URLSearchParams } {
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  return { path, query: new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1)) };
}

/** What follows the base path; `undefined` for what does not begin with it. */
function pathUnderBase(path: string): string | undefined {
  const clean = path.replace(/\/{2,}/g, "/");
  if (clean === BASE_PATH) return "/";
  return clean.startsWith(`${BASE_PATH}/`) ? clean.slice(BASE_PATH.length) : undefined;
}

/** Where the client reaches the receiver, as it and whatever stands between says: for `location` and `$ref` only. */
function baseOf({ headers, socket }: IncomingMessage, protocol: string): string {
  const forwarded = String(headers["x-forwarded-proto"] ?? "").toLowerCase();
  const scheme = forwarded === "https" || forwarded === "http" ? forwarded : protocol;
  const host = headers.host ?? "";
  const name = /^[A-Za-z0-9.\-_[\]:]{1,255}$/.test(host) ? host : `${socket.localAddress}:${socket.localPort}`;
  return `${scheme}://${name}${BASE_PATH}`;
}

function refusal(status: number, detail: string): ScimAnswer {
  return { status, body: errorBody(new ScimError(status, detail)) };
}

/** Takes a certificate up anew when its files change; files that do not fit together change nothing. */
function renewing(server: ReturnType<typeof createTlsServer>, tls: TlsFiles, log: Log): NodeJS.Timeout {
  let stamp = certificateStamp(tls);
  const timer = setInterval(() => {
    const now = certificateStamp(tls);
    if (now === stamp) return;
    stamp = now;
    try {
      server.setSecureContext(loadCertificate(tls));
      log.info("the TLS certificate was taken up anew", { file: tls.cert });
    } catch (error) {
      log.warn("the changed TLS files are of no use; the old ones stay", { error });
    }
  }, LOOK_MS);
  timer.unref();
  return timer;
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        new Failure({
          kind: "usage",
          message: `SCIM cannot be served at ${host}:${port} (${error.code ?? error.message})`,
          advice: "give --listen another address",
          cause: error,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });
}
