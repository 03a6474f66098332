import { ResponderBuilder, ServerInterceptingCall, type ServerInterceptor, ServerListenerBuilder } from "@grpc/grpc-js";
import type { Clock } from "../../../runtime/clock.ts";
import type { Connections } from "../../../runtime/http/connections.ts";
import type { Log } from "../../../runtime/log/log.ts";
import type { Metrics } from "../../../runtime/metrics/metrics.ts";
import { Code, codeName, codeOf } from "../status.ts";
import type { BearerCheck } from "./bearer.ts";

/** What a call guard works with. */
export interface CallGuardDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Whom it lets in; everybody where absent. */
  readonly bearer: BearerCheck | undefined;
  /** Services that anybody may call. */
  readonly open: readonly string[];
  /** The methods that are served, as `c1.connector.v2.GrantsService/ListGrants`: any other counts as `other`. */
  readonly methods: ReadonlySet<string>;
  readonly metrics: Metrics;
  /** Notified of whose calls are let in. */
  readonly connections: Pick<Connections, "rise">;
}

/** Where every call passes, before its bytes are taken. */
export interface CallGuard {
  readonly interceptor: ServerInterceptor;
  /** Calls under way. */
  running(): number;
  /** Takes no more calls. */
  close(): void;
}

/** Checks who calls, refuses calls while the server stops, and logs how each one ended. */
export function createCallGuard({ clock, log, bearer, open, methods, metrics, connections }: CallGuardDeps): CallGuard {
  let running = 0;
  let closed = false;
  metrics.gauge("rpcsRunning", () => running);
  const interceptor: ServerInterceptor = (method, call) => {
    const startedAt = clock.now();
    const name = method.path.slice(1);
    const isOpen = open.some((service) => name.startsWith(`${service}/`));
    let over = false;
    const end = (code: number) => {
      if (over) return;
      over = true;
      running--;
      const fields = { method: name, code: codeName(code), ms: clock.now() - startedAt, peer: call.getPeer() };
      metrics.rpc(methods.has(name) ? name : "other", fields.code, fields.ms);
      if (code === Code.OK) log.debug("call", fields);
      else log.info("call", fields);
    };
    running++;
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        if (closed && !isOpen) {
          intercepted.sendStatus({ code: Code.UNAVAILABLE, details: "the server is stopping" });
          return;
        }
        const letIn = () => {
          connections.rise(call.getPeer(), isOpen ? "seen" : "admitted");
          next(metadata);
        };
        if (bearer === undefined || isOpen) {
          letIn();
          return;
        }
        const [header] = metadata.get("authorization");
        bearer
          .check(header?.toString())
          .then(letIn, (error: Error) => intercepted.sendStatus({ code: codeOf(error), details: error.message }));
      })
      .withOnCancel(() => end(Code.CANCELLED))
      .build();
    const responder = new ResponderBuilder()
      .withStart((next) => next(listener))
      .withSendStatus((status, next) => {
        end(status.code);
        next(status);
      })
      .build();
    const intercepted = new ServerInterceptingCall(call, responder);
    return intercepted;
  };
  return {
    interceptor,
    running: () => running,
    close() {
      closed = true;
    },
  };
}
