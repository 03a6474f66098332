import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bucket, bucketOf, RateLimits } from "../../src/sandbox/http/limits.ts";
import { startSandbox } from "../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../src/sandbox/seed/seed.ts";
import type { Shape } from "../okta/plan/virtual/measure.ts";
import { CERT, KEY } from "../sandbox/tls-fixture.ts";

const WINDOW_MS = 60_000;

/** What another program's full sync takes. */
export interface BesideMeasured {
  readonly calls: number;
  /** What its calls take at the full limits, from the start of a window on, where none of it is lost: at least. */
  readonly floorMs: number;
}

/** Whether a program is there to be run. */
export function isAtHand(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Has another program sync an org of a shape, by the flags that it shares with this one, and counts its calls. It is a
 * process with a clock of its own, so that it is asked without limits; what they would make of its calls is reckoned. It
 * speaks TLS, as programs do that know of no Okta without. Throws an `Error` where it fails.
 */
export async function measureBeside(path: string, { name: _, limits, ...size }: Shape): Promise<BesideMeasured> {
  const folder = mkdtempSync(join(tmpdir(), "baton-beside-"));
  const ca = join(folder, "ca.pem");
  writeFileSync(ca, CERT);
  const sandbox = await startSandbox({
    ...{ org: seedOrg({ ...size, seed: 7 }), limits: "off", tls: { cert: CERT, key: KEY } },
  });
  const byBucket = new Map<Bucket, number>();
  sandbox.onRequest(({ pattern = "" }) => {
    byBucket.set(bucketOf(pattern), (byBucket.get(bucketOf(pattern)) ?? 0) + 1);
  });
  try {
    const flags = ["--domain", new URL(sandbox.url).host, "--file", join(folder, "org.c1z")];
    const child = spawn(path, [...flags, "--sync-custom-roles", "--sync-secrets"], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, BATON_API_TOKEN: sandbox.token, SSL_CERT_FILE: ca, NODE_EXTRA_CA_CERTS: ca },
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-2000);
    });
    const code = await new Promise<number | null>((done, failed) => {
      child.once("error", failed);
      child.once("close", done);
    });
    if (code !== 0) throw new Error(`${path} ended with ${code}: ${said}`);
    const allowed = new RateLimits(limits, WINDOW_MS);
    const windows = [...byBucket].map(([bucket, calls]) => Math.ceil(calls / allowed.take(bucket, 0).limit) - 1);
    return {
      calls: [...byBucket.values()].reduce((sum, calls) => sum + calls, 0),
      floorMs: Math.max(0, ...windows) * WINDOW_MS,
    };
  } finally {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
