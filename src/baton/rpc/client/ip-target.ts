import { isIP } from "node:net";
import { checkServerIdentity } from "node:tls";
import type { ChannelOptions, VerifyOptions } from "@grpc/grpc-js";

/** The name that stands in for an address where TLS wants one: it is nobody's (RFC 2606). */
const NOBODY = "address.invalid";

/**
 * What makes the transport's TLS work with an IP address: it names the host to the server, and Node refuses to name an
 * address so. The certificate is still checked against the address. For host names nothing is changed.
 */
export function ipTarget(host: string): { verify: VerifyOptions; options: ChannelOptions } {
  if (isIP(host) === 0) return { verify: {}, options: {} };
  return {
    verify: { checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate) },
    options: { "grpc.ssl_target_name_override": NOBODY },
  };
}
