import { Failure, isFailure } from "../failure.ts";

const REFUSED = new Set([401, 403]);
/** Errors of credentials, whatever status a store gives them. Source: Amazon S3, error responses. */
const REFUSALS = new Set([
  "AccessDenied",
  "CredentialsProviderError",
  "ExpiredToken",
  "InvalidAccessKeyId",
  "InvalidToken",
  "SignatureDoesNotMatch",
]);

/**
 * What an error of an object store means. Only its name and text are reported: what else hangs on it, as the request that was
 * signed, is not. `doing`: what was attempted, as `write s3://bucket/key`.
 */
export function storeFailure(error: unknown, doing: string): unknown {
  if (isFailure(error) || !(error instanceof Error)) return error;
  const { name, message } = error;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  const code = (error as { code?: unknown }).code;
  const said = message === "" || message === name || message === "UnknownError" ? name : `${name}: ${message}`;
  if (REFUSALS.has(name) || (status !== undefined && REFUSED.has(status))) {
    return new Failure({
      // Not `permissionDenied`, which is about what Okta lets this program do.
      kind: "failedPrecondition",
      message: `the object store did not let this program ${doing} (${said})`,
      advice:
        "check the credentials (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_PROFILE or a role) and what they may do",
    });
  }
  if (name === "NoSuchBucket" || status === 404) {
    return new Failure({
      kind: "notFound",
      message: `the object store has no place to ${doing} (${said})`,
      advice: "check the bucket's name, AWS_REGION and AWS_ENDPOINT_URL",
    });
  }
  if (status === undefined && typeof code !== "string" && name !== "TimeoutError") {
    return new Failure({ kind: "internal", message: `could not ${doing}: ${said}` });
  }
  return new Failure({
    kind: "unavailable",
    message: `could not ${doing}: ${typeof code === "string" && message === "" ? code : said}`,
    advice: "check AWS_ENDPOINT_URL and AWS_REGION, and run it again",
  });
}
