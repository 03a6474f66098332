import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
// @ts-expect-error it has no types
import S3rver from "s3rver";

/** An S3 server on loopback, with one bucket. */
export interface ObjectServer {
  /** What a program needs to find it: address and credentials. */
  readonly env: NodeJS.ProcessEnv;
  readonly bucket: string;
  close(): Promise<void>;
}

/** Starts s3rver, which is not this program's and keeps objects in a folder of its own. */
export async function objectServer(): Promise<ObjectServer> {
  const directory = mkdtempSync(join(tmpdir(), "s3-"));
  const bucket = "lake";
  const server = new S3rver({
    ...{ directory, address: "127.0.0.1", port: 0, silent: true },
    configureBuckets: [{ name: bucket }],
  });
  const { port } = (await server.run()) as { port: number };
  return {
    bucket,
    env: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: "S3RVER",
      AWS_SECRET_ACCESS_KEY: "S3RVER",
    },
    async close() {
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
