import { Failure } from "../failure.ts";

/** Why `what` cannot be served at an address, as `the page`, from the error of the server that was to listen there. */
export function listenFailure(
  what: string,
  error: NodeJS.ErrnoException,
  { host, port }: { readonly host: string; readonly port: number },
  advice: string,
): Failure {
  const where = `${host}:${port}`;
  const why = new Map([
    ["EADDRINUSE", `${where} is in use already`],
    ["EACCES", `this user may not listen on ${where}`],
    ["EADDRNOTAVAIL", `this machine has no address ${host}`],
    ["ENOTFOUND", `there is no host ${host}`],
  ]);
  const message = `${what} cannot be served: ${why.get(error.code ?? "") ?? `${where}: ${error.code ?? error.message}`}`;
  return new Failure({ kind: "usage", message, advice, cause: error });
}
