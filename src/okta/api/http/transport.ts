import http from "node:http";
import https from "node:https";
import zlib from "node:zlib";
import type { OktaOrigin } from "./domain.ts";
import { proxyFor } from "./proxy.ts";
import { release } from "./release.ts";
import { classify, codeOf, TransportError } from "./transport-error.ts";

/** One request, with everything that goes over the wire. `path` holds the query. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** An answer that came whole. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The largest body that is taken, in bytes, as it comes and unpacked: many times what a page of Okta's lists has. */
export const MAX_BODY_BYTES = 32 * 2 ** 20;

/** Answers 1xx that one request may have before its own. */
const MAX_INTERIM_ANSWERS = 20;

/** Sends requests to one origin over connections that are kept open. */
export interface Transport {
  /**
   * Sends one request and takes its answer whole. Rejects with {@link TransportError}, or with the signal's reason where it
   * aborts. `timeoutMs` bounds the whole exchange.
   */
  exchange(request: WireRequest, signal: AbortSignal, timeoutMs?: number): Promise<WireAnswer>;
  close(): void;
}

/** How a transport behaves. */
export interface TransportOptions {
  /** Milliseconds without a byte after which an answer is given up; 30,000 by default. */
  readonly idleTimeoutMs?: number;
  /** Milliseconds that one exchange may take; 300,000 by default. */
  readonly timeoutMs?: number;
  /** The largest body that is taken, in bytes, as it comes and unpacked; {@link MAX_BODY_BYTES} by default. */
  readonly maxBodyBytes?: number;
  /** Where the proxy settings come from. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Makes the transport to an origin. Throws a `usage` failure where the environment names a proxy that is none. */
export function createTransport(origin: OktaOrigin, options: TransportOptions = {}): Transport {
  const idleTimeoutMs = options.idleTimeoutMs ?? 30_000;
  const timeoutMs = options.timeoutMs ?? 300_000;
  const maxBodyBytes = options.maxBodyBytes ?? MAX_BODY_BYTES;
  const proxyEnv = proxyFor(origin, options.env ?? process.env);
  const proxyUrl = proxyEnv?.HTTPS_PROXY ?? proxyEnv?.HTTP_PROXY;
  const proxy = proxyUrl === undefined ? undefined : new URL(proxyUrl);
  const module = origin.secure ? https : http;
  const agent = new module.Agent({
    keepAlive: true,
    // The gate bounds what runs at once; the agent must not hold a request that has been let through.
    maxSockets: Number.POSITIVE_INFINITY,
    maxFreeSockets: 256,
    ...(proxyEnv === undefined ? {} : { proxyEnv }),
  });
  const fixed = { host: origin.hostname, port: origin.port, agent };
  const compressed: Record<string, string> = origin.loopback ? {} : { "accept-encoding": "gzip" };

  function exchange(request: WireRequest, signal: AbortSignal, limitMs = timeoutMs): Promise<WireAnswer> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      let sent = false;
      let settled = false;
      const headers: Record<string, string | number> = { ...compressed, ...request.headers };
      if (request.body !== undefined) {
        headers["content-length"] = Buffer.byteLength(request.body);
      } else if (request.method !== "GET" && request.method !== "HEAD") {
        headers["content-length"] = 0;
      }
      const call = module.request({ ...fixed, method: request.method, path: request.path, headers });
      // Beyond Node's 2,000 headers it would leave out the rest without a word, the link to the next page among them. How
      // many there are is bounded by their size.
      call.maxHeadersCount = 0;
      const settle = () => {
        settled = true;
        clearTimeout(total);
        signal.removeEventListener("abort", abort);
      };
      const fail = (error: unknown) => {
        if (!settled) {
          settle();
          reject(error);
          call.destroy();
        }
      };
      const abort = () => fail(signal.reason);
      const total = setTimeout(
        () => fail(new TransportError("tooLong", `no whole answer within ${seconds(limitMs)}`, true)),
        Math.min(limitMs, 2 ** 31 - 1),
      );
      signal.addEventListener("abort", abort, { once: true });
      call.setTimeout(idleTimeoutMs, () =>
        fail(new TransportError("timeout", `not a byte came for ${seconds(idleTimeoutMs)}`, sent)),
      );
      call.on("socket", (socket) => {
        if (socket.connecting) {
          socket.once(origin.secure ? "secureConnect" : "connect", () => {
            sent = true;
          });
        } else {
          sent = true;
        }
      });
      call.on("error", (error) => fail(classify(error, sent, proxy, origin)));
      let interim = 0;
      call.on("information", ({ statusCode }) => {
        if (++interim > MAX_INTERIM_ANSWERS) {
          fail(new TransportError("status", `HTTP ${statusCode} again and again, and no answer after it`, true));
        }
      });
      call.on("upgrade", ({ statusCode }, socket) => {
        // It is nobody's now, and would keep the process alive for as long as the other side likes.
        socket.destroy();
        fail(new TransportError("status", `HTTP ${statusCode}, which nobody asked for`, true));
      });
      call.on("response", (answer) => {
        const tooLarge = () => new TransportError("tooLarge", `more than ${megabytes(maxBodyBytes)}`, true);
        if (Number(answer.headers["content-length"]) > maxBodyBytes) {
          fail(tooLarge());
          return;
        }
        const chunks: Buffer[] = [];
        let length = 0;
        answer.on("data", (chunk: Buffer) => {
          length += chunk.length;
          if (length > maxBodyBytes) {
            fail(tooLarge());
          } else {
            chunks.push(chunk);
          }
        });
        answer.on("error", (error) =>
          fail(new TransportError("body", "the connection broke within an answer", true, error)),
        );
        answer.on("close", () => {
          if (!answer.complete) {
            fail(new TransportError("body", "the connection broke within an answer", true));
          }
        });
        answer.on("end", () => {
          if (settled || !answer.complete) {
            return;
          }
          settle();
          const body = joined(chunks);
          try {
            const unpacked = unpack(body, answer.headers, maxBodyBytes);
            if (unpacked !== body) release(body);
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: unpacked });
          } catch (error) {
            if (codeOf(error) === "ERR_BUFFER_TOO_LARGE") {
              reject(new TransportError("tooLarge", `more than ${megabytes(maxBodyBytes)} once unpacked`, true));
              return;
            }
            reject(new TransportError("body", "the compressed body of an answer is corrupt", true, error));
          }
        });
      });
      call.end(request.body);
    });
  }
  return { exchange, close: () => agent.destroy() };
}

/** The parts of a body as one, which are not there any more afterwards. */
function joined(parts: readonly Buffer[]): Buffer {
  if (parts.length === 1) return parts[0]!;
  const body = Buffer.concat(parts);
  for (const part of parts) release(part);
  return body;
}

/** The body as it was before it was compressed. Throws `ERR_BUFFER_TOO_LARGE` as soon as that is known to be too large. */
function unpack(body: Buffer, headers: http.IncomingHttpHeaders, maxOutputLength: number): Buffer {
  const encoding = headers["content-encoding"];
  if (encoding === undefined || encoding === "identity" || body.length === 0) {
    return body;
  }
  if (encoding === "gzip" || encoding === "x-gzip") {
    return zlib.gunzipSync(body, { maxOutputLength });
  }
  if (encoding === "deflate") {
    return zlib.inflateSync(body, { maxOutputLength });
  }
  throw new Error("its content-encoding was not asked for");
}

function megabytes(bytes: number): string {
  return `${Math.round((bytes / 2 ** 20) * 10) / 10} MiB`;
}

function seconds(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000} s` : `${Math.round(ms)} ms`;
}
