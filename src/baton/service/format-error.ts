import { isFailure } from "../../runtime/failure.ts";

/** A failure in one line for the log: with what was answered, as the message alone does not say who refused what. */
export function formatError(error: unknown): string {
  if (!isFailure(error)) return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const { attempted, answer, message } = error;
  const said = [answer?.status, answer?.code, answer?.summary].filter((part) => part !== undefined && part !== "");
  const about = [attempted, said.join(" ")].filter((part) => part !== undefined && part !== "").join(": ");
  return about === "" ? message : `${message} (${about})`;
}
