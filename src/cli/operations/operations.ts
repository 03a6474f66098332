import { booleanOf, type Settings, variableOf, type WrittenValues } from "../../runtime/config/config.ts";
import { Failure } from "../../runtime/failure.ts";

/** What the program can be asked for by flags alone, in place of a sync. */
export type OperationName =
  | "grant"
  | "revoke"
  | "createAccount"
  | "delete"
  | "invokeAction"
  | "listActions"
  | "events"
  | "rotate"
  | "compact"
  | "diff"
  | "service";

interface OperationFlags {
  readonly name: OperationName;
  /** Any of these asks for it. */
  readonly asks: readonly string[];
  /** What it cannot go without. */
  readonly needs?: readonly string[];
  /** What means something with it only. */
  readonly takes?: readonly string[];
}

const OPERATIONS: readonly OperationFlags[] = [
  { name: "grant", asks: ["grant-entitlement"], needs: ["grant-principal", "grant-principal-type"] },
  { name: "revoke", asks: ["revoke-grant"] },
  {
    name: "createAccount",
    asks: ["create-account-profile", "create-account-email", "create-account-login"],
    takes: ["create-account-resource-type"],
  },
  { name: "delete", asks: ["delete-resource"], needs: ["delete-resource-type"] },
  { name: "invokeAction", asks: ["invoke-action"], takes: ["invoke-action-args", "invoke-action-resource-type"] },
  { name: "listActions", asks: ["list-action-schemas"], takes: ["list-action-schemas-resource-type"] },
  {
    name: "events",
    asks: ["event-feed"],
    takes: [
      "event-feed-id",
      "event-feed-start-at",
      "event-feed-cursor",
      "event-feed-cursor-file",
      "follow",
      "follow-interval",
    ],
  },
  { name: "rotate", asks: ["rotate-credentials"], needs: ["rotate-credentials-type"] },
  {
    name: "compact",
    asks: ["compact-syncs"],
    needs: ["compact-file-paths", "compact-output-path"],
    takes: ["compact-sync-ids"],
  },
  { name: "diff", asks: ["diff-syncs"], needs: ["base-sync-id", "applied-sync-id"] },
  { name: "service", asks: ["client-id"], needs: ["client-secret"] },
];

/** The flags that ask for an operation or belong to one: a command that is named itself takes none of them. */
export const OPERATION_FLAGS: readonly string[] = OPERATIONS.flatMap(({ asks, needs = [], takes = [] }) => [
  ...asks,
  ...needs,
  ...takes,
]);

/** The settings that are given in any of the places, and where; a switch that is off is not. */
export function namedSettings(settings: Settings, places: readonly WrittenValues[]): Map<string, string> {
  const given = new Map<string, string>();
  const decided = new Set<string>();
  for (const place of places) {
    for (const [name, { texts, where }] of place) {
      if (decided.has(name)) continue;
      decided.add(name);
      const off = settings[name]?.type === "boolean" && booleanOf(texts.at(-1) ?? "") === false;
      if (!off) given.set(name, where);
    }
  }
  return given;
}

/**
 * The operation that is asked for; `undefined` for none, which is a sync. Throws a `Failure` of kind `usage` where two
 * are, or half of one.
 */
export function operationIn(given: ReadonlyMap<string, string>): OperationName | undefined {
  const asked = OPERATIONS.flatMap(({ name, asks }) => {
    const where = asks.map((flag) => given.get(flag)).find((place) => place !== undefined);
    return where === undefined ? [] : [{ name, where }];
  });
  const [first, second] = asked;
  if (first !== undefined && second !== undefined) {
    throw new Failure({
      kind: "usage",
      message: `${first.where} and ${second.where} cannot be asked for at once`,
      advice: "give one of them",
    });
  }
  for (const { asks, needs = [], takes = [] } of OPERATIONS) {
    const there = [...asks, ...needs, ...takes].find((flag) => given.has(flag));
    if (there === undefined) continue;
    const asking = asks.some((flag) => given.has(flag)) ? [] : [asks[0]!];
    const missing = [...asking, ...needs].find((flag) => !given.has(flag));
    if (missing === undefined) continue;
    throw new Failure({
      kind: "usage",
      message: `${given.get(there)} needs --${missing} as well`,
      advice: `give --${missing} or ${variableOf(missing)}`,
    });
  }
  return first?.name;
}
