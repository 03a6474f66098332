import { readFileSync } from "node:fs";
import type { DescMessage } from "@bufbuild/protobuf";
import {
  create,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import {
  ChannelCredentials,
  Client,
  credentials,
  Metadata,
  type ServiceError,
  type VerifyOptions,
} from "@grpc/grpc-js";
import type { Clock } from "../../../runtime/clock.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import type { Log } from "../../../runtime/log/log.ts";
import { redact } from "../../../runtime/secrets/redact.ts";
import type { Secret } from "../../../runtime/secrets/secret.ts";
import type { Call } from "../../connector.ts";
import { isLoopback } from "../server/address.ts";
import { readToken } from "../server/bearer.ts";
import { failureOfStatus, readStatus } from "../status.ts";
import { ipTarget } from "./ip-target.ts";

/** How a service is reached. */
export interface ChannelOptions {
  /** `host:port`; `https://` in front means TLS and `http://` none. Without either: none on loopback, else TLS. */
  readonly address: string;
  /** No TLS, wherever the service is. */
  readonly plaintext?: boolean;
  /** The CA that signed the server's certificate, as a PEM file; the system's by default. */
  readonly ca?: string | undefined;
  /** This side's certificate and key, as PEM files. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** A file with the bearer token to send. */
  readonly tokenFile?: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds that one try may take; 300,000 by default. */
  readonly timeoutMs?: number;
}

/** A connection to a service that is made when it is first needed, and again when it broke. */
export interface Channel {
  /** Calls a method that changes nothing: it is tried again where the service is not available. Throws {@link Failure}. */
  read<In extends DescMessage, Out extends DescMessage>(
    method: DescMethodUnary<In, Out>,
    request: MessageInitShape<In>,
    call: Call,
  ): Promise<MessageShape<Out>>;
  close(): void;
}

const TIMEOUT_MS = 300_000;
const MAX_TRIES = 8;
const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 60_000;

/** The longest pause that a service may ask for, in milliseconds: windows of rate limits are a minute. */
const MAX_RETRY_AFTER_MS = 120_000;

/** The largest answer that is taken, in bytes. */
const MAX_MESSAGE_BYTES = 64 * 2 ** 20;

/** Opens a channel. Throws a {@link Failure} of kind `usage` for addresses and files that are of no use. */
export function openChannel(options: ChannelOptions): Channel {
  const { clock, log, timeoutMs = TIMEOUT_MS } = options;
  const { target, secure } = targetOf(options);
  if (!secure && options.tokenFile !== undefined && !isLoopback(hostOf(target)) && !options.plaintext) {
    throw new Failure({ kind: "usage", message: "a token is not sent without TLS" });
  }
  const ip = ipTarget(hostOf(target));
  const client = new Client(target, secure ? tlsOf(options, ip.verify) : ChannelCredentials.createInsecure(), {
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": -1,
    "grpc.keepalive_time_ms": 60_000,
    ...(secure ? ip.options : {}),
  });

  async function once(method: DescMethodUnary, request: Uint8Array, call: Call): Promise<Uint8Array> {
    const metadata = new Metadata();
    const token = options.tokenFile === undefined ? undefined : await readToken(options.tokenFile);
    if (token !== undefined) metadata.set("authorization", `Bearer ${token.reveal()}`);
    call.signal.throwIfAborted();
    const deadline = Math.min(call.deadline ?? Number.POSITIVE_INFINITY, clock.now() + timeoutMs);
    const attempted = `${method.parent.typeName}/${method.name} on ${target}`;
    return await new Promise((resolve, reject) => {
      const same = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const path = `/${method.parent.typeName}/${method.name}`;
      const running = client.makeUnaryRequest(path, same, same, request, metadata, { deadline }, (error, answer) => {
        call.signal.removeEventListener("abort", abort);
        if (error === null) resolve(answer!);
        else reject(failureOf(error, attempted, token));
      });
      const abort = () => running.cancel();
      call.signal.addEventListener("abort", abort, { once: true });
    });
  }

  return {
    async read(method, init, call) {
      const request = toBinary(method.input, create(method.input, init));
      for (let tries = 1; ; tries++) {
        try {
          return fromBinary(method.output, await once(method, request, call));
        } catch (error) {
          const passing = isFailure(error, "unavailable") || isFailure(error, "deadlineExceeded");
          if (call.signal.aborted || !passing || tries >= MAX_TRIES) throw error;
          const backoff = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (tries - 1)) * (0.5 + Math.random() / 2);
          const pause = Math.max(backoff, Math.min(MAX_RETRY_AFTER_MS, error.retryAfterMs ?? 0));
          if (call.deadline !== undefined && clock.now() + pause >= call.deadline) throw error;
          log.info("the service is not available; trying again", { method: method.name, why: error.message, pause });
          await clock.sleep(pause, call.signal);
        }
      }
    },
    close: () => client.close(),
  };
}

function targetOf({ address, plaintext, ca, cert }: ChannelOptions): { target: string; secure: boolean } {
  const parts = /^(https?:\/\/)?((?:\[[0-9a-fA-F:.]+\]|[^:/[\]\s@]+):\d{1,5})\/?$/.exec(address);
  const target = parts?.[2];
  if (!target) {
    throw new Failure({
      kind: "usage",
      message: `${JSON.stringify(address)} is no address of a service`,
      advice: "write it as host:port",
    });
  }
  const tls = parts[1] === "https://" || ca !== undefined || cert !== undefined;
  if (plaintext || parts[1] === "http://") {
    if (!tls) return { target, secure: false };
    throw new Failure({ kind: "usage", message: "TLS is asked for and forbidden at once" });
  }
  return { target, secure: tls || !isLoopback(hostOf(target)) };
}

function hostOf(target: string): string {
  return target.slice(0, target.lastIndexOf(":")).replace(/^\[|\]$/g, "");
}

function tlsOf({ ca, cert, key }: ChannelOptions, verify: VerifyOptions): ChannelCredentials {
  if ((cert === undefined) !== (key === undefined)) {
    throw new Failure({ kind: "usage", message: "a certificate and its key go together" });
  }
  try {
    return credentials.createSsl(pem(ca), pem(key), pem(cert), verify);
  } catch (cause) {
    throw cause instanceof Failure
      ? cause
      : new Failure({ kind: "usage", message: `the TLS files are of no use (${(cause as Error).message})`, cause });
  }
}

function pem(path: string | undefined): Buffer | null {
  if (path === undefined) return null;
  try {
    return readFileSync(path);
  } catch (cause) {
    const { code = "unknown reason" } = cause as NodeJS.ErrnoException;
    throw new Failure({ kind: "usage", message: `${path} cannot be read (${code})`, cause });
  }
}

/** What the service answered in place of a result, without the token that was sent. */
function failureOf(error: ServiceError, attempted: string, token: Secret | undefined): Failure {
  const [bytes] = error.metadata?.get("grpc-status-details-bin") ?? [];
  const status = bytes instanceof Uint8Array ? readStatus(bytes) : undefined;
  const scrub = (text: string) => redact(text, [token]);
  return failureOfStatus(
    { code: error.code, message: error.details, details: status?.details ?? [] },
    attempted,
    scrub,
  );
}
