import { createInterface } from "node:readline/promises";
import { Failure } from "../../runtime/failure.ts";
import { printable } from "../../runtime/printable-text.ts";
import type { Output } from "../terminal/output.ts";

/** How a destructive change was asked for. */
export interface Confirmation {
  /** Said beforehand, or nothing is changed anyway. */
  readonly given: boolean;
  /** Asked for by flags alone, as programs do: where nobody can be asked, it is done. */
  readonly flagForm: boolean;
}

/** Asks a question on the terminal; `undefined` where there is none. */
export type Prompt = (question: string) => Promise<string | undefined>;

/**
 * Lets a destructive change through: at once where consent was given, else after a question. Throws a `Failure`: of kind
 * `usage` where nobody can be asked, `failedPrecondition` where the answer is not yes.
 */
export async function confirm(question: string, { given, flagForm }: Confirmation, ask: Prompt): Promise<void> {
  if (given) return;
  const answer = await ask(`${question} [y/N] `);
  if (answer === undefined) {
    if (flagForm) return;
    throw new Failure({
      kind: "usage",
      message: "there is no terminal to ask on before something is taken away",
      advice: "add --yes",
    });
  }
  if (!/^\s*y(es)?\s*$/i.test(answer)) {
    throw new Failure({ kind: "failedPrecondition", message: "nothing was changed, as the answer was not yes" });
  }
}

/** Asks on standard error and reads standard input, where both are a terminal. */
export function promptOn(output: Output): Prompt {
  return async (question) => {
    if (process.stdin.isTTY !== true || !output.errIsTerminal) return undefined;
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    const closed = new AbortController();
    lines.once("close", () => closed.abort());
    lines.once("SIGINT", () => lines.close());
    try {
      return await lines.question(printable(question), { signal: closed.signal });
    } catch {
      return "";
    } finally {
      lines.close();
    }
  };
}
