import { ServerCredentials } from "@grpc/grpc-js";
import { certificateStamp, LOOK_MS, loadCertificate, type TlsFiles } from "../../runtime/http/certificate.ts";

export type { TlsFiles };

import type { Log } from "../../runtime/log/log.ts";

/**
 * TLS credentials that take the files up anew when they change. Files that do not fit together, as in the middle of
 * being replaced, change nothing: the server goes on with what it had. Throws a {@link Failure} of kind `usage` where
 * the files are of no use at the start.
 */
export class FileCredentials extends ServerCredentials {
  readonly #files: TlsFiles;
  readonly #log: Log;
  #stamp: string;
  #timer: NodeJS.Timeout | undefined;

  constructor(files: TlsFiles, log: Log, lookMs = LOOK_MS) {
    const mutual = files.clientCa !== undefined;
    super({ requestCert: mutual, rejectUnauthorized: mutual, minVersion: "TLSv1.2" }, loadCertificate(files));
    this.#files = files;
    this.#log = log;
    this.#stamp = certificateStamp(files);
    this.#timer = setInterval(() => this.look(), lookMs);
    this.#timer.unref();
  }

  /** Looks whether the files have changed, and takes them up if so. */
  look(): void {
    const stamp = certificateStamp(this.#files);
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    try {
      this.updateSecureContextOptions(loadCertificate(this.#files));
      this.#log.info("the TLS certificate was taken up anew", { file: this.#files.cert });
    } catch (error) {
      this.#log.warn("the changed TLS files are of no use; the old ones stay", { error });
    }
  }

  /** Stops looking. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}
