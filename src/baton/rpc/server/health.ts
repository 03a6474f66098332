import { Health, HealthCheckResponse_ServingStatus as Serving } from "../../../gen/grpc/health/v1/health_pb.ts";
import { Failure } from "../../../runtime/failure.ts";
import { type Served, serve } from "./service.ts";

/** The health service, and the switch for what it says. */
export interface ServedHealth {
  readonly served: Served;
  /** From now on: no calls are taken. */
  stop(): void;
}

/**
 * Says that the server and each of its services take calls, until it is stopped. Whether the other side can be reached
 * is not asked: a probe must not take a process out of service that can do nothing about it.
 */
export function healthService(services: readonly string[]): ServedHealth {
  const known = new Set(["", ...services]);
  const stopped = new AbortController();
  const now = () => (stopped.signal.aborted ? Serving.NOT_SERVING : Serving.SERVING);
  return {
    stop: () => stopped.abort(),
    served: serve(Health, {
      check({ service }) {
        if (!known.has(service)) {
          throw new Failure({ kind: "notFound", message: `there is no service ${JSON.stringify(service)}` });
        }
        return { status: now() };
      },
      async *watch({ service }, call) {
        yield { status: known.has(service) ? now() : Serving.SERVICE_UNKNOWN };
        await aborted(AbortSignal.any([call.signal, stopped.signal]));
        if (!call.signal.aborted && known.has(service)) yield { status: Serving.NOT_SERVING };
      },
    }),
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
