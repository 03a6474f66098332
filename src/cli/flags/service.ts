import type { Flag } from "./flag.ts";

/** Whether those who call the connector may change something: a platform by its tasks, a client by gRPC. */
export const PROVISIONING_FLAG = {
  provisioning: {
    topic: "service",
    type: "boolean",
    short: "p",
    description: "Let a platform, or a client of serve, change access; without it they may only read",
  },
} as const satisfies Record<string, Flag>;

/** The flags of service mode: tasks from a platform. */
export const SERVICE_FLAGS = {
  "client-id": {
    topic: "service",
    type: "string",
    placeholder: "ID",
    description: "Run as a service: take tasks from the platform that gave this client id (name@host/path)",
  },
  "client-secret": {
    topic: "service",
    type: "string",
    secret: true,
    placeholder: "SECRET",
    description: "The client's secret; better given as BATON_CLIENT_SECRET",
  },
  ...PROVISIONING_FLAG,
  "task-concurrency": {
    topic: "service",
    type: "integer",
    default: 3,
    min: 1,
    max: 100,
    placeholder: "N",
    description: "How many tasks run at once",
  },
  "skip-full-sync": {
    topic: "service",
    type: "boolean",
    description: "Answer sync tasks with an empty finished sync",
  },
} as const satisfies Record<string, Flag>;
