import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
// @ts-expect-error it has no types
import S3rver from "s3rver";

/** An S3 server on loopback, with one bucket. */
export interface ObjectServer {
  /** What a program needs to find it: address and credentials. */
  readonly env: NodeJS.ProcessEnv;
  readonly bucket: string;
  /** Credentials that it refuses. */
  readonly refused: NodeJS.ProcessEnv;
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
    // It looks at no secret of a key that it knows.
    refused: { AWS_ACCESS_KEY_ID: "nobody", AWS_SECRET_ACCESS_KEY: "s3cret-s3cret" },
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

/** Where versitygw is installed (`go install github.com/versity/versitygw/cmd/versitygw`), if it is. */
export const VERSITY: string | undefined = [
  process.env.VERSITYGW ?? "",
  join(process.env.GOPATH ?? join(homedir(), "go"), "bin", "versitygw"),
].find((path) => path !== "" && existsSync(path));

/** Starts versitygw, which checks signatures and checksums as AWS does. */
export async function versityServer(program: string): Promise<ObjectServer> {
  const directory = mkdtempSync(join(tmpdir(), "versity-"));
  const bucket = "lake";
  mkdirSync(join(directory, bucket));
  const port = await freePort();
  const [key, secret] = ["test", "test-secret"];
  const child = spawn(
    program,
    ["--access", key, "--secret", secret, "--port", `127.0.0.1:${port}`, "posix", directory],
    { stdio: "ignore" },
  );
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries++) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      break;
    await pause(50);
  }
  return {
    bucket,
    refused: { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: "s3cret-s3cret" },
    env: { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret },
    async close() {
      child.kill();
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as { port: number };
  await new Promise<void>((resolve) => probe.close(() => resolve()));
  return port;
}
