import { Failure, type FailureOptions } from "../../../runtime/failure.ts";
import type { OktaOrigin } from "./domain.ts";
import type { TransportError } from "./transport-error.ts";

const BETWEEN = "no answer of Okta's is so: check the domain, and what stands between here and Okta";

/**
 * What happened on the way to Okta, as a {@link Failure} with its own message and advice: `unavailable`, or
 * `resourceExhausted` or `failedPrecondition` for answers that are not taken, however often one asks.
 */
export function failureOfTransport(broken: TransportError, origin: OktaOrigin, attempted: string): Failure {
  const common: Pick<FailureOptions, "kind" | "attempted" | "cause"> = {
    kind: "unavailable",
    attempted,
    cause: broken,
  };
  const where = origin.port === 443 && origin.secure ? origin.hostname : `${origin.hostname}:${origin.port}`;
  switch (broken.reason) {
    case "dns":
      return new Failure({
        ...common,
        message: `the host ${origin.hostname} is not known (${broken.code ?? "DNS"})`,
        advice: "check the spelling of the domain and this machine's DNS",
      });
    case "connect":
      return new Failure({
        ...common,
        message: `no connection to ${where} (${broken.code ?? "connect"})`,
        advice: "check the domain and its port, the network and the firewall; where a proxy is needed, set HTTPS_PROXY",
      });
    case "tls":
      return new Failure({ ...common, ...describeTls(broken.code ?? "", where) });
    case "proxy":
      return new Failure({
        ...common,
        message: `the proxy did not let the connection to ${where} through (${broken.code ?? "proxy"})`,
        advice: "check HTTPS_PROXY, its user and password, and NO_PROXY",
      });
    case "timeout":
    case "tooLong":
      return new Failure({
        ...common,
        message: `${where} did not answer in time: ${broken.message}`,
        advice: "try again; where it stays so, check the network and the proxy",
      });
    case "tooLarge":
      return new Failure({
        ...common,
        kind: "resourceExhausted",
        message: `the answer of ${where} is too large: ${broken.message}`,
        advice: BETWEEN,
      });
    case "headers":
      return new Failure({
        ...common,
        kind: "failedPrecondition",
        message: `the headers of an answer of ${where} are too large: ${broken.message}`,
        advice: BETWEEN,
      });
    case "status":
      return new Failure({
        ...common,
        kind: "failedPrecondition",
        message: `${where} answered ${broken.message}`,
        advice: BETWEEN,
      });
    case "body":
    case "connection":
      return new Failure({
        ...common,
        message: `the connection to ${where} broke (${broken.code ?? broken.message})`,
        advice: "try again; where it stays so, check the network and the proxy",
      });
  }
}

function describeTls(code: string, where: string): Pick<FailureOptions, "message" | "advice"> {
  const ca = "where a proxy or a private CA is in between, set NODE_EXTRA_CA_CERTS to a file with its certificate";
  if (/SELF_SIGNED/.test(code)) {
    return {
      message: `the certificate of ${where} is self-signed, or signed by a CA that is not trusted (${code})`,
      advice: ca,
    };
  }
  if (/UNABLE_TO_|INVALID_CA|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE/.test(code)) {
    return { message: `the certificate of ${where} is from a CA that is not trusted (${code})`, advice: ca };
  }
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") {
    const state = code === "CERT_HAS_EXPIRED" ? "has expired" : "is not valid yet";
    return {
      message: `the certificate of ${where} ${state}`,
      advice: "check this machine's clock, and the certificate",
    };
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID" || /HOSTNAME_MISMATCH/.test(code)) {
    return {
      message: `the certificate of ${where} is for another host`,
      advice: "give the domain by the name that its certificate is for",
    };
  }
  return {
    message: `no TLS connection to ${where} (${code || "TLS"})`,
    advice: "check that the port speaks TLS; for plain http on this machine write http://",
  };
}
