import type { OktaOrigin } from "./domain.ts";

/** Why no whole answer came. `tooLarge`, `headers` and `status`: one began to come that is not taken. */
export type TransportErrorReason =
  | "connect"
  | "connection"
  | "timeout"
  | "body"
  | "tls"
  | "dns"
  | "proxy"
  | "tooLong"
  | "tooLarge"
  | "headers"
  | "status";

/** Reasons after which another try would only show the same again. */
export const FINAL_REASONS: ReadonlySet<TransportErrorReason> = new Set(["tls", "tooLarge", "headers", "status"]);

/** No whole answer came. */
export class TransportError extends Error {
  readonly reason: TransportErrorReason;
  /** Whether the request may have reached the server: one that changes something must then not be repeated blindly. */
  readonly mayHaveArrived: boolean;
  /** Node's or OpenSSL's code, as `ECONNRESET` or `CERT_HAS_EXPIRED`. */
  readonly code: string | undefined;

  constructor(reason: TransportErrorReason, message: string, mayHaveArrived: boolean, cause?: unknown) {
    super(message, { cause });
    this.name = "TransportError";
    this.reason = reason;
    this.mayHaveArrived = mayHaveArrived;
    this.code = codeOf(cause);
  }
}

/** What an error of the network means. `sent`: a connection was there, so that the request may have arrived. */
export function classify(error: unknown, sent: boolean, proxy: URL | undefined, okta: OktaOrigin): TransportError {
  const code = codeOf(error) ?? "";
  const text = error instanceof Error ? error.message : String(error);
  if (proxy !== undefined && !sent && isAbout(error, proxy, okta)) {
    return new TransportError("proxy", text, false, error);
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN" || code === "EAI_FAIL" || code === "EAI_NODATA") {
    return new TransportError("dns", "the host name is not known", false, error);
  }
  if (proxy !== undefined && (code.startsWith("ERR_PROXY") || /proxy|tunnel/i.test(text))) {
    return new TransportError("proxy", text, false, error);
  }
  if (code === "HPE_HEADER_OVERFLOW") {
    return new TransportError("headers", "more header bytes than are read", true, error);
  }
  if (isTlsCode(code)) {
    return new TransportError("tls", text, false, error);
  }
  if (
    !sent &&
    ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN", "EADDRNOTAVAIL", "ETIMEDOUT"].includes(code)
  ) {
    return new TransportError("connect", text, false, error);
  }
  return new TransportError("connection", "the connection broke", sent, error);
}

/** Whether an error code is about TLS: a certificate that was not accepted, or no common ground. */
function isTlsCode(code: string): boolean {
  return (
    /CERT|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|CRL_/.test(code) ||
    code.startsWith("ERR_TLS") ||
    code.startsWith("ERR_SSL") ||
    code === "EPROTO"
  );
}

/** Whether an error of the network is about the proxy: its host was not found, or its port, unlike Okta's, not reached. */
function isAbout(error: unknown, { hostname, port, protocol }: URL, okta: OktaOrigin): boolean {
  const one: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (typeof one !== "object" || one === null) {
    return false;
  }
  const named = one as { hostname?: unknown; port?: unknown };
  const proxyPort = Number(port || (protocol === "https:" ? 443 : 80));
  return named.hostname === hostname || (named.port === proxyPort && proxyPort !== okta.port);
}

/** Node's or OpenSSL's code of an error, or of what caused it. */
export function codeOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string") {
      return at.code;
    }
    if (at instanceof AggregateError && at.errors.length > 0) {
      return codeOf(at.errors[0]);
    }
  }
  return undefined;
}
