import type { Setting } from "../../runtime/config/config.ts";

/** What `help TOPIC` explains. */
export const TOPICS = {
  credentials: "Which org, and how to get in",
  sync: "What goes into the snapshot, and where it is written",
  incremental: "Reading only what has changed, and keeping a snapshot current",
  service: "Running as a service of a platform that hands out tasks",
  grpc: "Serving the connector over gRPC, and syncing somebody else's",
  changes: "Changing access: grants, accounts, deletion, actions",
  limits: "How fast Okta is asked, and how much is left to others",
  logs: "What is logged, how and where",
  events: "What happened in the org, from its system log",
  observability: "Health, metrics and traces of a run",
  scim: "What Okta pushes: a second source beside its API",
  original: "Flags of the Go connector that do nothing or are refused here",
} as const;

export type Topic = keyof typeof TOPICS;

/** A flag of the program: a setting, and what help, completion and a platform say of it. */
export interface Flag extends Setting {
  readonly topic: Topic;
  /** What a platform's form calls it. */
  readonly displayName?: string;
  /** What a platform's form shows in the empty field. */
  readonly example?: string;
  /** Whether a platform would set it: as the connector's own, or as one of its operation. */
  readonly platform?: "connector" | "ops";
  /** Whether there has to be a value. */
  readonly required?: true;
}
