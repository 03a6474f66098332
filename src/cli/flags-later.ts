import type { Flag } from "./flag.ts";

const text = (description: string, more: Partial<Flag> = {}): Flag => ({
  topic: "later",
  type: "string",
  description,
  ...more,
});
const onOff = (description: string, more: Partial<Flag> = {}): Flag => ({
  topic: "later",
  type: "boolean",
  description,
  ...more,
});

/**
 * Flags of the Baton command line whose capability this version does not have. They are known so that they can be
 * refused by name: a change that was asked for must never turn into a sync.
 */
export const LATER_FLAGS: Readonly<Record<string, Flag>> = {
  provisioning: onOff("Let a platform change access", { short: "p" }),
  "client-id": text("The platform's client id: run as a service"),
  "client-secret": text("The platform's client secret", { secret: true }),
  "skip-full-sync": onOff("Answer sync tasks with an empty sync"),
  "task-concurrency": text("How many tasks run side by side"),
};
