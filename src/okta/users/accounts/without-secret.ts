import type { Call, WriteStep } from "../../../baton/connector.ts";
import { type Answer, type Failure, isFailure } from "../../../runtime/failure.ts";
import { redact } from "../../../runtime/secrets/redact.ts";
import type { Secret } from "../../../runtime/secrets/secret.ts";
import { withDetails } from "./explained.ts";

/**
 * Runs what sends a secret, and sees to it that neither the audit trail nor a failure repeats it, should the other side
 * quote what it was sent.
 */
export async function withoutSecret<T>(
  secret: Secret | undefined,
  call: Call,
  run: (guarded: Call) => Promise<T>,
): Promise<T> {
  if (secret === undefined) return run(call);
  const scrub = (text: string) => redact(text, [secret]);
  const { audit } = call;
  const scrubbedAudit = (step: WriteStep) =>
    audit?.(step.error === undefined ? step : { ...step, error: scrub(step.error) });
  try {
    return await run({ ...call, secret, ...(audit !== undefined && { audit: scrubbedAudit }) });
  } catch (error) {
    throw isFailure(error) ? scrubbed(error, scrub) : error;
  }
}

function scrubbed(failure: Failure, scrub: (text: string) => string): Failure {
  const { message, advice, answer, cause } = failure;
  return withDetails(failure, {
    message: scrub(message),
    ...(advice !== undefined && { advice: scrub(advice) }),
    ...(answer !== undefined && { answer: scrubbedAnswer(answer, scrub) }),
    ...(isFailure(cause) && { cause: scrubbed(cause, scrub) }),
  });
}

function scrubbedAnswer({ status, code, summary, requestId }: Answer, scrub: (text: string) => string): Answer {
  return {
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code: scrub(code) }),
    ...(summary !== undefined && { summary: scrub(summary) }),
    ...(requestId !== undefined && { requestId: scrub(requestId) }),
  };
}
