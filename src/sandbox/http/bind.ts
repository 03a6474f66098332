import { Failure } from "../../runtime/failure.ts";

/** Why an address cannot be listened on, and what to do about it. */
export function bindFailure(error: NodeJS.ErrnoException, host: string, port: number): Failure {
  const where = `${host}:${port}`;
  switch (error.code) {
    case "EADDRINUSE":
      return new Failure({
        kind: "failedPrecondition",
        message: `${where} is in use already`,
        advice: "choose another port, or 0 for any that is free",
        cause: error,
      });
    case "EACCES":
      return new Failure({
        kind: "permissionDenied",
        message: `not allowed to listen on ${where}`,
        advice: "choose a port above 1023",
        cause: error,
      });
    default:
      return new Failure({ kind: "usage", message: `cannot listen on ${where}: ${error.message}`, cause: error });
  }
}
