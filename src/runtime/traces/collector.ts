import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { type ChannelCredentials, credentials } from "@grpc/grpc-js";
import { Failure } from "../failure.ts";
import type { LogLevel } from "../log/log.ts";

/** Where traces and logs go, and which of them. */
export interface TelemetryOptions {
  /** `host:port`, or a URL; `http://` is the same as `insecure`. */
  readonly endpoint: string;
  /** The collector's CA: a PEM file, or the PEM itself, which may be base64. */
  readonly caFile?: string | undefined;
  readonly ca?: string | undefined;
  /** Without TLS. */
  readonly insecure: boolean;
  readonly tracing: boolean;
  readonly logging: boolean;
  /** Log lines below this level are not sent. */
  readonly level: LogLevel;
}

/** How a collector is reached. */
export interface Collector {
  readonly url: string;
  readonly credentials: ChannelCredentials;
}

/** How the options' collector is reached. Throws a {@link Failure} of kind `usage` where they do not go together. */
export async function collectorOf(options: TelemetryOptions): Promise<Collector> {
  const { endpoint, caFile, ca: given } = options;
  const [, scheme, address] = /^(?:(https?|grpcs?):\/\/)?([^/\s]+)\/?$/i.exec(endpoint) ?? [];
  if (address === undefined) {
    throw usage(
      `${JSON.stringify(endpoint)} is no address of an OpenTelemetry collector`,
      "write it as collector:4317",
    );
  }
  if (caFile !== undefined && given !== undefined) {
    throw usage("the collector's CA is given twice", "give the certificate or the path of its file");
  }
  const insecure = options.insecure || /^(http|grpc)$/i.test(scheme ?? "");
  const url = `${insecure ? "http" : "https"}://${/:\d+$/.test(address) ? address : `${address}:4317`}`;
  if (insecure) return { url, credentials: credentials.createInsecure() };
  const pem = caFile === undefined ? given && pemOf(given) : await fileOf(caFile);
  if (pem !== undefined && !pem.includes("-----BEGIN CERTIFICATE-----")) {
    throw usage("the collector's CA is no certificate in PEM form", "give a PEM certificate");
  }
  const ca = pem === undefined ? null : Buffer.from(pem);
  const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
  return { url, credentials: isIP(host) === 0 ? credentials.createSsl(ca) : toAddress(host, ca) };
}

/**
 * TLS to a bare IP address. Node refuses an address as the name to ask for, which grpc-js gives it all the same: another
 * name is asked for, and the certificate checked against the address.
 */
function toAddress(address: string, ca: Buffer | null): ChannelCredentials {
  const secure = credentials.createSsl(ca, null, null, {
    checkServerIdentity: (_name, certificate) => checkServerIdentity(address, certificate as PeerCertificate),
  });
  const connector = secure._createSecureConnector.bind(secure);
  secure._createSecureConnector = (target, options, own) =>
    connector(target, { ...options, "grpc.ssl_target_name_override": "collector.invalid" }, own);
  return secure;
}

/** A PEM as it is pasted: in one line with `\n` for its ends, or in base64, as other connectors take it. */
function pemOf(text: string): string {
  const pasted = text.replaceAll("\\n", "\n");
  return pasted.includes("-----BEGIN") ? pasted : Buffer.from(text, "base64").toString("latin1");
}

async function fileOf(path: string): Promise<string> {
  try {
    return await readFile(path, "latin1");
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
    throw usage(`the collector's CA ${path} cannot be read (${why})`, "give the path of a PEM file", cause);
  }
}

function usage(message: string, advice: string, cause?: unknown): Failure {
  return new Failure({ kind: "usage", message, advice, ...(cause === undefined ? {} : { cause }) });
}
