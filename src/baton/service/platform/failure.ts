import type { ServiceError } from "@grpc/grpc-js";
import { Failure } from "../../../runtime/failure.ts";
import { redact } from "../../../runtime/secrets/redact.ts";
import { codeName, failureOfStatus } from "../../rpc/status.ts";

/** How much of a text is looked through. */
const MAX_READ_LENGTH = 10_000;

/** What the platform answered to `call` in place of a result, without the token that was sent. Codes that say nothing in particular become `internal`. */
export function platformFailure(call: string, error: ServiceError, token: string): Failure {
  const text = redact((error.details || error.message).replace(/\s+/g, " ").trim().slice(0, MAX_READ_LENGTH), [
    token,
  ]).slice(0, 500);
  const { kind } = failureOfStatus({ code: error.code, message: text, details: [] }, call);
  const away = kind === "unavailable" || kind === "deadlineExceeded";
  return new Failure({
    kind,
    message: away ? "the platform could not be reached, or did not answer in time" : "the platform refused a call",
    attempted: call,
    answer: { code: codeName(error.code), summary: text },
    cause: new Error(text),
  });
}
