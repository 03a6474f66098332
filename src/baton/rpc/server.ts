import type { DescService } from "@bufbuild/protobuf";
import { Server, ServerCredentials, type ServerInterceptor } from "@grpc/grpc-js";
import { Health } from "../../gen/grpc/health/v1/health_pb.ts";
import type { Clock } from "../../runtime/clock.ts";
import { Failure } from "../../runtime/failure.ts";
import type { Log } from "../../runtime/log.ts";
import { type Metrics, noMetrics } from "../../runtime/metrics.ts";
import { noTraces, type Traces } from "../../runtime/traces.ts";
import type { Connector } from "../connector.ts";
import type { Provisioner } from "../provision/provisioner.ts";
import { aboutServices } from "./about.ts";
import { addServices } from "./adapter.ts";
import { BearerCheck } from "./bearer.ts";
import { changingServices } from "./changing.ts";
import { watchCalls } from "./door.ts";
import { healthService } from "./health.ts";
import { PageTokens } from "./page-token.ts";
import { readingServices } from "./reading.ts";
import { reflectionServices } from "./reflection.ts";
import { isLoopback, parseListen } from "./server-address.ts";
import { FileCredentials, type TlsFiles } from "./tls.ts";

/** What a server is made of. */
export interface RpcServerParts {
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
const MOST_IN = 64 << 20;
const KEEPALIVE_MS = 60_000;
const KEEPALIVE_TIMEOUT_MS = 20_000;
const GRACE_MS = 30_000;

/** Serves a connector over gRPC. Throws a {@link Failure} of kind `usage` for addresses and files that are of no use. */
export async function startRpcServer(parts: RpcServerParts): Promise<RpcServer> {
  const { connector, clock, log, metrics = noMetrics, traces = noTraces, graceMs = GRACE_MS } = parts;
  const { host, port } = parseListen(parts.listen);
  if (parts.tls === undefined && !parts.insecure && !isLoopback(host)) {
    throw new Failure({
      kind: "usage",
      message: `without TLS only a loopback address is served, not ${host}`,
      advice: "give --tls-cert and --tls-key, or --insecure where something else protects the connection",
    });
  }
  const bearer = parts.authTokenFile === undefined ? undefined : new BearerCheck(parts.authTokenFile, clock);
  const services = [
    ...aboutServices(connector),
    ...readingServices(connector, new PageTokens(parts.tokenKey, clock), log),
    ...changingServices(parts),
  ];
  const descriptors: DescService[] = services.map(({ service }) => service);
  const health = healthService(descriptors.map(({ typeName }) => typeName));
  const served = [...services, health.served, ...reflectionServices([...descriptors, Health])];
  const methods = new Set(
    served.flatMap(({ service }) => service.methods.map(({ name }) => `${service.typeName}/${name}`)),
  );
  const calls = watchCalls({ clock, log, bearer, open: [Health.typeName], methods, metrics });
  const server = new Server({
    "grpc.max_receive_message_length": MOST_IN,
    "grpc.max_send_message_length": -1,
    "grpc.keepalive_time_ms": KEEPALIVE_MS,
    "grpc.keepalive_timeout_ms": KEEPALIVE_TIMEOUT_MS,
    interceptors: [calls.interceptor as ServerInterceptor],
  });
  const domain = connector.metadata.externalUrl && URL.parse(connector.metadata.externalUrl)?.host;
  addServices(server, served, {
    clock,
    log,
    traces,
    ...(domain ? { domain } : {}),
  });
  const tls = parts.tls && new FileCredentials(parts.tls, log);
  const bound = await bind(server, host, port, tls ?? ServerCredentials.createInsecure()).catch((error: unknown) => {
    tls?.close();
    throw error;
  });

  let stopping: Promise<void> | undefined;
  async function shutDown(): Promise<void> {
    health.stop();
    calls.close();
    const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
    const patience = new AbortController();
    const late = clock.sleep(graceMs, patience.signal).then(
      () => {
        log.warn("calls that did not end in time are ended", { running: calls.running() });
        server.forceShutdown();
      },
      () => {},
    );
    await Promise.race([closed, late]);
    patience.abort();
    tls?.close();
  }

  return {
    address: `${host.includes(":") ? `[${host}]` : host}:${bound}`,
    stop() {
      stopping ??= shutDown();
      return stopping;
    },
    kill() {
      tls?.close();
      server.forceShutdown();
    },
  };
}

function bind(server: Server, host: string, port: number, credentials: ServerCredentials): Promise<number> {
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, bound) => {
      if (error === null) resolve(bound);
      else {
        reject(new Failure({ kind: "usage", message: `cannot listen on ${address}: ${error.message}`, cause: error }));
      }
    });
  });
}
