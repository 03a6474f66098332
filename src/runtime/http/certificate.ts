import { readFileSync, statSync } from "node:fs";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import { Failure } from "../failure.ts";

/** Where a server's certificates lie. */
export interface TlsFiles {
  /** The server's certificate with whatever stands between it and a CA, PEM. */
  readonly cert: string;
  readonly key: string;
  /** The CAs of clients, PEM: where given, a client must have a certificate of one of them. */
  readonly clientCa?: string | undefined;
}

/** How often the files are looked at, in milliseconds. */
export const LOOK_MS = 5_000;

/** Reads the files. Throws a {@link Failure} of kind `usage` where they are of no use. */
export function loadCertificate({ cert, key, clientCa }: TlsFiles): SecureContextOptions {
  const options: SecureContextOptions = { cert: read(cert), key: read(key) };
  if (clientCa !== undefined) options.ca = certificatesOf(clientCa);
  try {
    createSecureContext(options);
  } catch (cause) {
    throw new Failure({
      kind: "usage",
      message: `${cert} and ${key} are no certificate and its key (${(cause as Error).message})`,
      advice: "give both as PEM",
      cause,
    });
  }
  return options;
}

/** The CAs in a file. Node takes a file without any for no CA at all, and says so to no one. */
function certificatesOf(path: string): Buffer {
  const pem = read(path);
  if (pem.includes("-----BEGIN CERTIFICATE-----")) return pem;
  const what = pem.toString("latin1").trim() === "" ? "is empty" : "holds no certificate in PEM form";
  throw new Failure({
    kind: "usage",
    message: `the clients' CA ${path} ${what}`,
    advice: "give the certificate of the CA that signs the clients' certificates, as PEM",
  });
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new Failure({ kind: "usage", message: `${path} cannot be read (${codeOf(cause)})`, cause });
  }
}

/** What tells one state of the files from the next. A secret that is mounted is replaced by way of a link. */
export function certificateStamp({ cert, key, clientCa }: TlsFiles): string {
  return [cert, key, ...(clientCa === undefined ? [] : [clientCa])]
    .map((path) => {
      try {
        const { ino, size, mtimeMs } = statSync(path);
        return `${ino} ${size} ${mtimeMs}`;
      } catch (error) {
        return codeOf(error);
      }
    })
    .join("\n");
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unknown reason";
}
