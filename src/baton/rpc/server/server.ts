import type { DescService } from "@bufbuild/protobuf";
import { Server, ServerCredentials, type ServerInterceptor } from "@grpc/grpc-js";
import { Health } from "../../../gen/grpc/health/v1/health_pb.ts";
import type { Clock } from "../../../runtime/clock.ts";
import { Failure } from "../../../runtime/failure.ts";
import { Connections } from "../../../runtime/http/connections.ts";
import type { Log } from "../../../runtime/log/log.ts";
import { type Metrics, noMetrics } from "../../../runtime/metrics/metrics.ts";
import { maxOpenFiles } from "../../../runtime/open-files.ts";
import { noTraces, type Traces } from "../../../runtime/traces/traces.ts";
import type { Connector } from "../../connector.ts";
import type { Provisioner } from "../../provision/provisioner.ts";
import { FileCredentials, type TlsFiles } from "../tls.ts";
import { addServices } from "./adapter.ts";
import { isLoopback, parseListen } from "./address.ts";
import { BearerCheck } from "./bearer.ts";
import { createCallGuard } from "./call-guard.ts";
import { changingServices } from "./changing.ts";
import { healthService } from "./health.ts";
import { listen } from "./listener.ts";
import { aboutServices } from "./metadata.ts";
import { PageTokens } from "./page-token.ts";
import { readingServices } from "./reading.ts";
import { reflectionServices } from "./reflection.ts";

/** What a server is made of. */
export interface RpcServerOptions {
  readonly connector: Connector;
  readonly provisioner: Provisioner;
  /** Whether anything may be changed. */
  readonly provisioning: boolean;
  /** What all processes that serve the same lists share: page tokens are bound to it. */
  readonly tokenKey: Uint8Array;
  /** Where to listen, as `0.0.0.0:50051`; port 0 takes a free one. */
  readonly listen: string;
  readonly tls?: TlsFiles | undefined;
  /** A file with the bearer token that calls must carry. */
  readonly authTokenFile?: string | undefined;
  /** Plaintext is fine on any address. */
  readonly insecure?: boolean | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics?: Metrics;
  readonly traces?: Traces;
  /** How long calls that run may take to end when the server stops, in milliseconds; 30,000 by default. */
  readonly graceMs?: number;
  /** How long a connection may be open before its first call was let in, in milliseconds; 10,000 by default. */
  readonly silentMs?: number;
}

/** A server that runs. */
export interface RpcServer {
  /** Where it listens, as `127.0.0.1:50051`. */
  readonly address: string;
  /** Takes no more calls, waits for those that run, and ends what does not end by itself. */
  stop(): Promise<void>;
  /** Ends at once. */
  kill(): void;
}

/** Bytes of a message that is taken. */
const MAX_MESSAGE_BYTES = 64 << 20;
const KEEPALIVE_MS = 60_000;
const KEEPALIVE_TIMEOUT_MS = 20_000;
const GRACE_MS = 30_000;
/** Calls at a time over one connection: what is answered and not taken stays in memory. */
const MAX_STREAMS = 100;
/** Connections at a time, where the system lets the process have twice as many files open. */
const MAX_CONNECTIONS = 1_000;
/** How long a connection may be open before its first call was let in, in milliseconds. */
const SILENCE_TIMEOUT_MS = 10_000;
/** How long a connection may be open without any call, in milliseconds: clients connect again when they need to. */
const IDLE_MS = 300_000;

/** Serves a connector over gRPC. Throws a {@link Failure} of kind `usage` for addresses and files that are of no use. */
export async function startRpcServer(options: RpcServerOptions): Promise<RpcServer> {
  const { connector, clock, log, metrics = noMetrics, traces = noTraces, graceMs = GRACE_MS } = options;
  const { host, port } = parseListen(options.listen);
  if (options.tls === undefined && !options.insecure && !isLoopback(host)) {
    throw new Failure({
      kind: "usage",
      message: `without TLS only a loopback address is served, not ${host}`,
      advice: "give --tls-cert and --tls-key, or --insecure where something else protects the connection",
    });
  }
  const bearer = options.authTokenFile === undefined ? undefined : new BearerCheck(options.authTokenFile, clock);
  const services = [
    ...aboutServices(connector),
    ...readingServices(connector, new PageTokens(options.tokenKey, clock), log),
    ...changingServices(options),
  ];
  const descriptors: DescService[] = services.map(({ service }) => service);
  const health = healthService(descriptors.map(({ typeName }) => typeName));
  const served = [...services, health.served, ...reflectionServices([...descriptors, Health])];
  const methods = new Set(
    served.flatMap(({ service }) => service.methods.map(({ name }) => `${service.typeName}/${name}`)),
  );
  const connections = new Connections({
    max: Math.min(MAX_CONNECTIONS, Math.floor(maxOpenFiles() / 2)),
    silentMs: options.silentMs ?? SILENCE_TIMEOUT_MS,
  });
  const calls = createCallGuard({ clock, log, bearer, open: [Health.typeName], methods, metrics, connections });
  const server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": -1,
    "grpc.keepalive_time_ms": KEEPALIVE_MS,
    "grpc.keepalive_timeout_ms": KEEPALIVE_TIMEOUT_MS,
    "grpc.max_concurrent_streams": MAX_STREAMS,
    "grpc.max_connection_idle_ms": IDLE_MS,
    // Counts of each call and connection for a debugging service that is not served.
    "grpc.enable_channelz": 0,
    interceptors: [calls.interceptor as ServerInterceptor],
  });
  const domain = connector.metadata.externalUrl && URL.parse(connector.metadata.externalUrl)?.host;
  addServices(server, served, {
    clock,
    log,
    traces,
    ...(domain ? { domain } : {}),
  });
  const tls = options.tls && new FileCredentials(options.tls, log);
  // The transport's own listener knows nothing of connections over which no HTTP/2 has come yet.
  const injector = server.createConnectionInjector(tls ?? ServerCredentials.createInsecure());
  const listener = await listen(host, port, (socket) => {
    if (connections.add(socket)) injector.injectConnection(socket);
  }).catch((error: unknown) => {
    tls?.close();
    server.forceShutdown();
    throw error;
  });

  let stopping: Promise<void> | undefined;
  async function shutDown(): Promise<void> {
    health.stop();
    calls.close();
    listener.close();
    connections.end("silent");
    // Closes each connection once its calls have ended. That all are closed it says too early: since Node 24 its own
    // check finds them closing already.
    server.tryShutdown(() => {});
    const patience = new AbortController();
    const late = clock.sleep(graceMs, patience.signal).then(
      () => {
        log.warn("calls that did not end in time are ended", { running: calls.running() });
        server.forceShutdown();
      },
      () => {},
    );
    await Promise.race([connections.empty(), late]);
    patience.abort();
    connections.end("all");
    tls?.close();
  }

  return {
    address: `${host.includes(":") ? `[${host}]` : host}:${listener.port}`,
    stop() {
      stopping ??= shutDown();
      return stopping;
    },
    kill() {
      tls?.close();
      listener.close();
      server.forceShutdown();
      connections.end("all");
    },
  };
}
