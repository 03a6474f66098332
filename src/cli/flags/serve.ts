import type { Flag } from "./flag.ts";

/** Flags that serve the connector over gRPC, and those that read somebody else's. */
export const SERVE_FLAGS = {
  listen: {
    topic: "grpc",
    type: "string",
    default: "127.0.0.1:50051",
    placeholder: "HOST:PORT",
    description: "serve: where to listen; port 0 takes a free one",
  },
  "tls-cert": {
    topic: "grpc",
    type: "string",
    placeholder: "FILE",
    description: "serve: the server's certificate (PEM), taken up anew when it changes",
  },
  "tls-key": { topic: "grpc", type: "string", placeholder: "FILE", description: "serve: the certificate's key (PEM)" },
  "tls-client-ca": {
    topic: "grpc",
    type: "string",
    placeholder: "FILE",
    description: "serve: take only clients with a certificate of this CA (PEM)",
  },
  "auth-token-file": {
    topic: "grpc",
    type: "string",
    placeholder: "FILE",
    description:
      "serve: take only calls that carry a bearer token of this file (one a line), taken up anew when it changes",
  },
  insecure: {
    topic: "grpc",
    type: "boolean",
    description: "serve: without TLS on any address, where something else protects the connection",
  },
  connector: {
    topic: "grpc",
    type: "string",
    placeholder: "HOST:PORT",
    description: "sync: read this Baton connector's service in place of Okta; TLS unless it is on loopback",
  },
  "connector-ca": {
    topic: "grpc",
    type: "string",
    placeholder: "FILE",
    description: "sync: the CA of that service's certificate (PEM); else the system's",
  },
  "connector-cert": {
    topic: "grpc",
    type: "string",
    placeholder: "FILE",
    description: "sync: the certificate to show that service (PEM)",
  },
  "connector-key": { topic: "grpc", type: "string", placeholder: "FILE", description: "sync: its key (PEM)" },
  "connector-token-file": {
    topic: "grpc",
    type: "string",
    placeholder: "FILE",
    description: "sync: send this file's text to that service as the bearer token",
  },
  "connector-plaintext": {
    topic: "grpc",
    type: "boolean",
    description: "sync: no TLS to that service, wherever it is",
  },
} as const satisfies Record<string, Flag>;
