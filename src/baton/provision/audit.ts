import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import type { Clock } from "../../runtime/clock.ts";
import { Failure } from "../../runtime/failure.ts";
import type { Log } from "../../runtime/log/log.ts";
import { printableLines } from "../../runtime/printable-text.ts";
import type { Call, WriteStep } from "../connector.ts";

/** What was asked for, in the words of the contract: ids, and no more of a person than it takes to say who. */
export interface Operation {
  /** As `grant`, `revoke`, `delete`, `create account` or `action disable_user`. */
  readonly operation: string;
  /** The entitlement or resource that is changed; of an account that is created its login, as it has no id before. */
  readonly on?: string;
  /** Whether `on` names a person, and not only by an id: then it stands in the trail, and in no log. */
  readonly isPersonal?: boolean;
  /** Whom it is about, as `user:00u1`. */
  readonly principal?: string;
}

/** One line of the trail. */
export interface AuditEntry extends Omit<Operation, "isPersonal">, Omit<WriteStep, "phase"> {
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly phase: "intent" | "outcome";
  /** The same in all lines of one operation. */
  readonly operationId: string;
  /** Who asked. */
  readonly actor: string;
}

/** Where audit entries are kept. */
export interface AuditTrail {
  /** Keeps an entry before it returns. Throws a {@link Failure} where it cannot. */
  append(entry: AuditEntry): void;
  close(): void;
}

/**
 * An audit trail in a file: a JSON line for each entry, on the disk before the change is asked for. The file is made
 * readable for its owner only, and only ever appended to. Throws a {@link Failure} of kind `usage` where it cannot be
 * opened.
 */
export function auditFile(path: string): AuditTrail {
  let file: number;
  try {
    file = openSync(path, "a", 0o600);
  } catch (cause) {
    throw new Failure({
      kind: "usage",
      message: `the audit log ${path} cannot be opened (${reasonOf(cause)})`,
      advice: "name a file that can be written",
      cause,
    });
  }
  let torn = false;
  return {
    append(entry) {
      const line = Buffer.from(`${torn ? "\n" : ""}${printableLines(JSON.stringify(entry))}\n`);
      try {
        for (let at = 0; at < line.length; ) {
          at += writeSync(file, line, at);
          torn = at < line.length;
        }
        fsyncSync(file);
      } catch (cause) {
        throw new Failure({
          kind: "failedPrecondition",
          message: `the audit log ${path} cannot be written (${reasonOf(cause)})`,
          advice: "nothing is changed without it: make room or name another file",
          cause,
        });
      }
    },
    close: () => closeSync(file),
  };
}

/** A call that changes something, and who asked for it. */
export interface ChangeCall extends Call {
  /** As audit trails name it; by default the provisioner's own. */
  readonly actor?: string;
}

/** What audited calls are made with. */
export interface AuditDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Where entries are kept, besides the log. */
  readonly trail: AuditTrail | undefined;
  readonly actor: string;
  /** The id that ties the lines of the operation together. */
  readonly id: string;
}

/**
 * The call with an audit of what it changes: its intent is kept before a request is sent (where that fails, nothing
 * is sent), its outcome after; each outcome is a line in the log.
 */
export function audited(call: Call, operation: Operation, { clock, log, trail, actor, id }: AuditDeps): Call {
  const { isPersonal = false, ...named } = operation;
  const audit = (step: WriteStep) => {
    call.audit?.(step);
    const { phase, ...seen } = step;
    if (phase === "planned") return;
    const entry: AuditEntry = {
      time: new Date(clock.now()).toISOString(),
      phase,
      operationId: id,
      actor,
      ...named,
      ...seen,
    };
    if (phase === "intent") {
      trail?.append(entry);
      return;
    }
    const { time: _, phase: __, on, ...rest } = entry;
    const fields = on === undefined || isPersonal ? rest : { ...rest, on };
    if (step.error === undefined) log.info("changed", fields);
    else log.warn("not changed, or not known to be", fields);
    try {
      trail?.append(entry);
    } catch (error) {
      // The change is made: to end here would hide that.
      log.error("the outcome of a change is missing from the audit log", { ...fields, error });
    }
  };
  return { ...call, audit };
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unknown reason";
}
