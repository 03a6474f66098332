import type { Flag } from "./flag.ts";

/** The flag that shows what a sync would take, in place of making it. */
export const PLAN_FLAGS = {
  plan: {
    topic: "limits",
    type: "boolean",
    description:
      "Only show what a full sync would take: calls by limit, the limit that decides, minutes. Writes nothing",
  },
} as const satisfies Record<string, Flag>;
