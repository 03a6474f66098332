import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, isIPv6 } from "node:net";
import { Failure } from "../failure.ts";
import { maxOpenFiles } from "../open-files.ts";
import { Connections } from "./connections.ts";
import { HEALTH_ENDPOINTS, type Health, type HealthEndpoint } from "./health.ts";
import { listenFailure } from "./listen-failure.ts";

/** What a page of the port answers. */
export interface PortAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What the port serves. */
export interface HttpPortOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly health: Health;
  /** The metrics as Prometheus reads them. */
  readonly metrics: { text(): Promise<string>; readonly contentType: string };
}

/** How long a request may take to come, in milliseconds. */
const REQUEST_MS = 10_000;
/** Connections at a time, where the system lets the process have many more files open. */
const MAX_CONNECTIONS = 100;
const MIN_CONNECTIONS = 8;

/** A port that listens. */
export interface HttpPort {
  /** As `http://127.0.0.1:8081`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The one HTTP port of a long run: `/health`, `/ready`, `/live` and `/metrics`. Throws a {@link Failure} of kind `usage`
 * where it cannot listen.
 */
export async function openHttpPort({ host, port, health, metrics }: HttpPortOptions): Promise<HttpPort> {
  const pages = new Map<string, () => Promise<PortAnswer>>([
    ["/metrics", async () => ({ status: 200, contentType: metrics.contentType, body: await metrics.text() })],
    ...HEALTH_ENDPOINTS.map((endpoint) => [`/${endpoint}`, () => healthPage(health, endpoint)] as const),
  ]);
  const connections = new Connections({
    max: Math.max(MIN_CONNECTIONS, Math.min(MAX_CONNECTIONS, Math.floor(maxOpenFiles() / 8))),
    silentMs: REQUEST_MS,
  });
  const limits = { headersTimeout: REQUEST_MS, requestTimeout: REQUEST_MS, connectionsCheckingInterval: 1_000 };
  const server = createServer(limits, (request, response) => {
    const { socket } = request;
    connections.rise(socket, "admitted");
    response.once("close", () => connections.settle(socket));
    void serve(pages, request, response);
  });
  server.on("connection", (socket) => connections.add(socket));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        listenFailure(
          "health and metrics",
          error,
          { host, port },
          "give --health-check-port and --health-check-bind-address others",
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: urlOf(host, taken),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The URL at which a port that listens at an address is asked from the same machine. */
export function urlOf(host: string, port: number): string {
  // What listens everywhere is asked on loopback.
  const name = host === "0.0.0.0" || host === "" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${isIPv6(name) ? `[${name}]` : name}:${port}`;
}

async function healthPage(health: Health, endpoint: HealthEndpoint): Promise<PortAnswer> {
  const { ok, body } = await health.ask(endpoint);
  return { status: ok ? 200 : 503, contentType: "application/json", body: `${JSON.stringify(body)}\n` };
}

async function serve(
  pages: ReadonlyMap<string, () => Promise<PortAnswer>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A prober that leaves in the middle is not an error of the program.
  response.on("error", () => {});
  request.resume();
  const answer = await answerOf(pages, request);
  const headers = {
    "content-type": answer.contentType,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  };
  response.writeHead(answer.status, answer.status === 405 ? { ...headers, allow: "GET, HEAD" } : headers);
  response.end(request.method === "HEAD" ? undefined : answer.body);
}

async function answerOf(
  pages: ReadonlyMap<string, () => Promise<PortAnswer>>,
  { method, url = "/" }: IncomingMessage,
): Promise<PortAnswer> {
  const plain = (status: number, body: string) => ({ status, contentType: "text/plain; charset=utf-8", body });
  const page = pages.get(url.split("?", 1)[0]!);
  if (page === undefined) return plain(404, `There are ${[...pages.keys()].join(", ")}.\n`);
  if (method !== "GET" && method !== "HEAD") return plain(405, "This is only read.\n");
  try {
    return await page();
  } catch {
    return plain(500, "This could not be read.\n");
  }
}
