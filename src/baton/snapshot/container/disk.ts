import { Failure } from "../../../runtime/failure.ts";

/**
 * Turns an error of the file system into a {@link Failure} that says which path and what to do; any other error is
 * handed back as it is. `doing` is what was attempted, as `write`.
 */
export function diskFailure(error: unknown, doing: string, path: string): unknown {
  if (error instanceof Failure || !(error instanceof Error) || !("code" in error)) return error;
  const attempted = `${doing} ${path}`;
  switch (error.code) {
    case "ENOSPC":
    case "EDQUOT":
      return new Failure({
        kind: "resourceExhausted",
        message: `the disk that holds ${path} is full`,
        attempted,
        advice: "free some space, or choose another place for the file (--file) and its working copy (--c1z-temp-dir)",
        cause: error,
      });
    case "EFBIG":
      return new Failure({
        kind: "resourceExhausted",
        message: `${path} grew larger than the file system or a limit of this process allows`,
        attempted,
        advice: "raise the limit (ulimit -f), or choose another place for the file",
        cause: error,
      });
    case "EEXIST":
      return new Failure({ kind: "alreadyExists", message: `${path} is there already`, attempted, cause: error });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new Failure({
        // Not `permissionDenied`, which is about what the other side lets this program do.
        kind: "failedPrecondition",
        message: `no permission to ${attempted}${error.code === "EROFS" ? ": the file system is read-only" : ""}`,
        attempted,
        advice: `check who may ${doing} there, or choose another place for the file (--file) and its working copy (--c1z-temp-dir)`,
        cause: error,
      });
    case "ENOENT":
    case "ENOTDIR":
      return new Failure({ kind: "notFound", message: `${path} is not there`, attempted, cause: error });
    case "ENAMETOOLONG":
      return new Failure({
        kind: "usage",
        message: `${path} is a longer name than the file system takes`,
        attempted,
        advice: "choose a shorter one",
        cause: error,
      });
    case "ELOOP":
      return new Failure({
        kind: "usage",
        message: `${path} is a link that leads to itself, or one that is not followed`,
        attempted,
        advice: "remove the link, or name a file",
        cause: error,
      });
    case "EISDIR":
      return new Failure({ kind: "usage", message: `${path} is a folder, not a file`, attempted, cause: error });
    default:
      return new Failure({
        kind: "internal",
        message: `could not ${attempted}: ${error.message}`,
        attempted,
        cause: error,
      });
  }
}
