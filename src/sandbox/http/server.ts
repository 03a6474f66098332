import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../runtime/clock.ts";
import { printableLines } from "../../runtime/printable-text.ts";
import { cutAnswer, errorAnswer, faultAnswer, resetConnection, sendAnswer, tooManyRequests } from "./answer.ts";
import { bindFailure } from "./bind.ts";
import type { Call } from "./call.ts";
import { CallCounter } from "./calls.ts";
import { beginExchange, type Exchange, readBody } from "./exchange.ts";
import type { Fault, Faults, Interception } from "./faults.ts";
import { bucketOf, type RateLimits } from "./limits.ts";
import type { ApiResponse } from "./route.ts";
import type { Router } from "./router.ts";

/** A call as those see it who watch or intercept. */
export interface SeenRequest {
  readonly method: string;
  /** The path with the query, as it was called. */
  readonly url: string;
  /** The URL pattern of the endpoint; absent where none fits. */
  readonly pattern: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** The body as it came; empty where there was none. */
  readonly body: string;
  readonly requestId: string;
}

/** Answers a call to the sandbox itself; `undefined` where it is one to the org. */
export type Control = (method: string, path: string, query: URLSearchParams) => ApiResponse | undefined;

/** What the server is made of. */
export interface ServerDeps {
  readonly router: Router;
  /** Answers a call in the stead of the org: says who calls, whether they may, and lets the endpoint do the rest. */
  readonly org: { answer(call: Call): Promise<ApiResponse> };
  readonly limits: RateLimits;
  /** Calls that may be under way at a time. */
  readonly concurrency: number;
  readonly faults: Faults;
  /** Milliseconds before each answer. */
  readonly latencyMs: number;
  readonly clock: Clock;
  /** Answers calls that are the sandbox's own, not Okta's, from the same machine. */
  readonly control?: Control | undefined;
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
}

const LOOPBACK = /^(::ffff:)?127\.|^::1$/;

/** The org's HTTP side: who may call, how often, and what goes wrong on request. */
export class SandboxServer {
  readonly #deps: ServerDeps;
  readonly #server: Server;
  readonly #watchers = new Set<(request: SeenRequest) => void>();
  readonly #interceptors = new Set<(request: SeenRequest) => Interception | undefined>();
  readonly #closing = new AbortController();
  readonly counter = new CallCounter();
  #underWay = 0;

  constructor(deps: ServerDeps) {
    this.#deps = deps;
    const listener = (req: IncomingMessage, res: ServerResponse) => void this.#serve(req, res);
    this.#server = deps.tls === undefined ? createServer(listener) : createTlsServer({ ...deps.tls }, listener);
    this.#server.keepAliveTimeout = 65_000;
  }

  /** Returns the port. Throws a `Failure` where the address cannot be had. */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      const refuse = (error: NodeJS.ErrnoException) => reject(bindFailure(error, host, port));
      this.#server.once("error", refuse);
      this.#server.listen(port, host, () => {
        this.#server.off("error", refuse);
        resolve();
      });
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends all connections, whatever is under way on them. */
  async close(): Promise<void> {
    this.#closing.abort(new Error("the sandbox is closing"));
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  /** Calls `watcher` for every request that comes in; the returned function ends that. */
  watch(watcher: (request: SeenRequest) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Lets `interceptor` answer requests in the org's stead; the returned function ends that. */
  intercept(interceptor: (request: SeenRequest) => Interception | undefined): () => void {
    this.#interceptors.add(interceptor);
    return () => this.#interceptors.delete(interceptor);
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    res.sendDate = false;
    // A client that leaves in the middle is not an error of the server.
    res.on("error", () => {});
    req.on("error", () => {});
    if (this.#controlled(req, res)) return;
    this.#underWay++;
    this.counter.underWay(this.#underWay);
    const exchange = beginExchange(req, res, this.#deps);
    let status = 0;
    res.once("finish", () => {
      status = res.statusCode;
    });
    res.once("close", () => {
      this.#underWay--;
      this.counter.add(exchange.method, exchange.match.pattern ?? exchange.path, status);
    });
    try {
      await this.#answer(exchange);
    } catch (error) {
      if (this.#closing.signal.aborted) {
        return;
      }
      const text = `sandbox: ${exchange.method} ${exchange.path}: ${String((error as Error).stack)}\n`;
      process.stderr.write(printableLines(text));
      if (!res.headersSent) {
        this.#send(exchange, errorAnswer(500, "E0000009", "Internal Server Error", exchange.requestId));
      }
    }
  }

  /** Answers a call to the sandbox itself; such a call counts nowhere. */
  #controlled(req: IncomingMessage, res: ServerResponse): boolean {
    if (!LOOPBACK.test(req.socket.remoteAddress ?? "")) return false;
    const url = new URL(req.url?.startsWith("/") ? `http://sandbox${req.url}` : (req.url ?? "/"), "http://sandbox");
    const answer = this.#deps.control?.(req.method ?? "GET", url.pathname, url.searchParams);
    if (answer === undefined) return false;
    req.resume();
    res.writeHead(answer.status, { ...answer.headers, "Content-Type": "application/json" });
    res.end(JSON.stringify(answer.body));
    return true;
  }

  async #answer(exchange: Exchange): Promise<void> {
    const { req, match, method, requestId } = exchange;
    const { clock, limits, concurrency, latencyMs } = this.#deps;
    const now = clock.now();
    if (this.#underWay > concurrency) {
      // Okta: too many requests at a time show as a limit of nothing, which says nothing of any bucket.
      exchange.allowance = { limit: 0, remaining: 0, resetAt: now + 1000 };
      this.#send(exchange, tooManyRequests(requestId));
      return;
    }
    const allowance = limits.take(bucketOf(match.pattern ?? exchange.path), now);
    exchange.allowance = allowance;
    if (method !== "GET" && method !== "HEAD" && !(await this.#readBody(exchange))) {
      return;
    }
    const seen = this.#see(exchange);
    if (latencyMs > 0) {
      await clock.sleep(latencyMs, this.#closing.signal);
    }
    if (allowance.refused) {
      this.#send(exchange, tooManyRequests(requestId));
      return;
    }
    const interception = this.#interception(seen, exchange);
    if (interception === undefined) {
      this.#send(exchange, await this.#deps.org.answer(exchange));
    } else if (typeof interception === "object" && "status" in interception) {
      this.#send(exchange, interception);
    } else {
      await this.#fail(exchange, typeof interception === "string" ? { kind: interception } : interception);
    }
    req.resume();
  }

  /** Shows the request to those who watch; they see it as soon as it is there. */
  #see({ method, path, query, match, req, body, requestId }: Exchange): SeenRequest {
    const seen = {
      method,
      url: query === "" ? path : `${path}?${query}`,
      pattern: match.pattern,
      headers: req.headers,
      body,
      requestId,
    };
    for (const watcher of this.#watchers) {
      watcher(seen);
    }
    return seen;
  }

  #interception(seen: SeenRequest, { method }: Exchange): Interception | undefined {
    for (const interceptor of this.#interceptors) {
      const interception = interceptor(seen);
      if (interception !== undefined) {
        return interception;
      }
    }
    return this.#deps.faults.next(method, seen.pattern, seen.url);
  }

  async #fail(exchange: Exchange, fault: Fault): Promise<void> {
    const { req, res, requestId } = exchange;
    const outcome = fault.applied === true || fault.kind === "cut" ? await this.#deps.org.answer(exchange) : undefined;
    if (fault.kind === "cut") {
      cutAnswer(req, res, outcome!, this.#envelope(exchange));
      return;
    }
    if (fault.kind === "reset") {
      resetConnection(req);
      return;
    }
    const answer = faultAnswer(fault, requestId);
    if (answer !== undefined) {
      if (fault.kind === "429") {
        // It says that the bucket is empty until the next second, so that an obedient client need not wait for long.
        const resetAt = (Math.floor(this.#deps.clock.now() / 1000) + 1) * 1000;
        exchange.allowance = { ...exchange.allowance, remaining: 0, resetAt };
      }
      this.#send(exchange, answer);
    }
  }

  /** False where the caller left, or where the body was too large, which is answered then. */
  async #readBody(exchange: Exchange): Promise<boolean> {
    const body = await readBody(exchange.req);
    if (body === "tooLarge") {
      exchange.res.shouldKeepAlive = false;
      this.#send(exchange, errorAnswer(413, "E0000003", "The request body was too large.", exchange.requestId));
      return false;
    }
    exchange.body = body?.text ?? "";
    return body !== undefined;
  }

  #send(exchange: Exchange, answer: ApiResponse): void {
    if (!exchange.res.destroyed) {
      sendAnswer(exchange.res, answer, this.#envelope(exchange), exchange.method !== "HEAD");
    }
  }

  #envelope({ requestId, allowance }: Exchange) {
    return { requestId, now: this.#deps.clock.now(), allowance };
  }
}
