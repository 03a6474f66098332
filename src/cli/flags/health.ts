import type { Settings } from "../../runtime/config/config.ts";
import type { Flag } from "./flag.ts";

/** Flags of what a long run shows of itself. */
export const HEALTH_FLAGS = {
  "health-check": {
    topic: "observability",
    type: "boolean",
    description: "Serve /health, /ready, /live and /metrics over HTTP while the program runs",
    platform: "ops",
  },
  "health-check-port": {
    topic: "observability",
    type: "integer",
    default: 8081,
    min: 0,
    max: 65535,
    placeholder: "PORT",
    description: "The port they are served on; 0 takes a free one and logs it",
    platform: "ops",
  },
  "health-check-bind-address": {
    topic: "observability",
    type: "string",
    default: "127.0.0.1",
    placeholder: "HOST",
    description: "The address they are served on; 0.0.0.0 is everywhere",
    platform: "ops",
  },
  "otel-collector-endpoint": {
    topic: "observability",
    type: "string",
    placeholder: "HOST:PORT",
    description: "Send traces and logs to this OpenTelemetry collector (OTLP over gRPC)",
    platform: "ops",
  },
  "otel-collector-endpoint-tls-cert-path": {
    topic: "observability",
    type: "string",
    placeholder: "FILE",
    description: "The collector's CA, as a PEM file",
    platform: "ops",
  },
  "otel-collector-endpoint-tls-cert": {
    topic: "observability",
    type: "string",
    placeholder: "PEM",
    description: "The collector's CA itself, as PEM or as base64 of it",
    platform: "ops",
  },
  "otel-collector-endpoint-tls-insecure": {
    topic: "observability",
    type: "boolean",
    description: "Talk to the collector without TLS",
    platform: "ops",
  },
  "otel-tracing-disabled": {
    topic: "observability",
    type: "boolean",
    description: "Send no traces",
    platform: "ops",
  },
  "otel-logging-disabled": {
    topic: "observability",
    type: "boolean",
    description: "Send no logs",
    platform: "ops",
  },
} as const satisfies Record<string, Flag>;

/** The flags of `health-check`: where the running program is asked, and what. */
export const HEALTH_CHECK_FLAGS = {
  endpoint: {
    type: "string",
    default: "health",
    choices: ["health", "ready", "live"],
    placeholder: "NAME",
    description: "What is asked: whether it is healthy, ready or alive",
  },
  timeout: {
    type: "integer",
    default: 5,
    min: 1,
    max: 300,
    placeholder: "SECONDS",
    description: "How long an answer is waited for",
  },
  "health-check-port": HEALTH_FLAGS["health-check-port"],
  "health-check-bind-address": HEALTH_FLAGS["health-check-bind-address"],
} as const satisfies Settings;
