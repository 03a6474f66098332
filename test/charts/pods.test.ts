import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { dirname, join } from "node:path";
import { type ConnectionOptions, connect } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { orgFromJson } from "../../src/sandbox/org/json.ts";
import { type Sandbox, type ServeOptions, startSandbox } from "../../src/sandbox/sandbox.ts";
import { FakePlatform } from "../baton/service/platform.ts";
import { inFolder, type Running, run, start } from "../e2e/program.ts";
import { CERT, KEY } from "../sandbox/tls-fixture.ts";
import type { Mode } from "./chart.ts";
import { environmentOf, podOf, renderedManifests } from "./kubernetes.ts";

/** What stands in the committed manifests for addresses and secrets of a real cluster. */
const ADDRESSES = {
  BATON_HEALTH_CHECK_PORT: "0",
  BATON_HEALTH_CHECK_BIND_ADDRESS: "127.0.0.1",
  BATON_LISTEN: "127.0.0.1:0",
};

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function org(options: ServeOptions = {}): Promise<Sandbox> {
  const content = JSON.parse(readFileSync("test/golden/org.json", "utf8"));
  const sandbox = await startSandbox({ org: orgFromJson(content), limits: "off", ...options });
  closing.push(() => sandbox.close());
  return sandbox;
}

/** The folders and files that the pod's volumes would be, below a folder. Secrets of the user's are `files`. */
function layVolumes(mode: Mode, folder: string, files: Readonly<Record<string, string>>): void {
  const manifests = renderedManifests(mode);
  const { volumes, containers } = podOf(manifests).spec;
  for (const { name, mountPath } of containers[0].volumeMounts) {
    mkdirSync(join(folder, mountPath), { recursive: true });
    const { secret, configMap } = volumes.find((volume: { name: string }) => volume.name === name);
    const held = manifests.find((one) => one.metadata.name === (secret?.secretName ?? configMap?.name));
    for (const [key, text] of Object.entries<string>({ ...held?.data, ...held?.stringData })) {
      if (secret || configMap) writeFileSync(join(folder, mountPath, key), text);
    }
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** The arguments and the environment of a mode's pod, with these addresses and secrets, and paths below the folder. */
function podCommand(mode: Mode, folder: string, replaced: Readonly<Record<string, string>>) {
  const manifests = renderedManifests(mode);
  const [{ args = [] }] = podOf(manifests).spec.containers;
  const env = environmentOf(manifests);
  for (const [name, value] of Object.entries(env)) {
    if (name in ADDRESSES) env[name] = ADDRESSES[name as keyof typeof ADDRESSES];
    else env[name] = value.replace(/^\/(data|tmp|etc)(?=\/|$)/, (path) => join(folder, path));
  }
  return { args: args as string[], env: { ...env, ...replaced } };
}

function startPod(mode: Mode, folder: string, replaced: Readonly<Record<string, string>>): Running {
  const { args, env } = podCommand(mode, folder, replaced);
  const running = start(args, { cwd: join(folder, "data"), env });
  closing.push(async () => {
    running.child.kill("SIGKILL");
    await running.ended;
  });
  return running;
}

/** What the pattern finds in what the program printed, as soon as it is there. */
async function printed(running: Running, pattern: RegExp): Promise<string> {
  let over = false;
  void running.ended.then(() => {
    over = true;
  });
  for (;;) {
    const text = running.stdout() + running.stderr();
    const found = text.match(pattern)?.[1];
    if (found !== undefined) return found;
    if (over) throw new Error(`it ended without ${pattern}: ${text}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}

const HEALTH = /(http:\/\/127\.0\.0\.1:\d+)"/;

/** The status of each probe of the pod. */
async function probe(mode: Mode, url: string): Promise<Record<string, number>> {
  const [container] = podOf(renderedManifests(mode)).spec.containers;
  const statuses: Record<string, number> = {};
  for (const kind of ["startup", "liveness", "readiness"]) {
    const { path } = container[`${kind}Probe`].httpGet;
    statuses[kind] = await new Promise((done, failed) => {
      get(`${url}${path}`, { agent: false }, (response) => {
        response.resume();
        done(response.statusCode ?? 0);
      }).once("error", failed);
    });
  }
  return statuses;
}
/** Whether a gRPC server lets a client in that shows this over TLS: it then says its HTTP/2 settings. */
function shakesHands(address: string, shown: ConnectionOptions): Promise<boolean> {
  const [host, port] = address.split(":") as [string, string];
  return new Promise((done) => {
    const socket = connect({ host, port: Number(port), servername: host, ALPNProtocols: ["h2"], ...shown });
    const end = (accepted: boolean) => {
      socket.destroy();
      done(accepted);
    };
    socket.once("data", () => end(true));
    socket.once("error", () => end(false));
    socket.once("close", () => end(false));
  });
}

const WELL = { startup: 200, liveness: 200, readiness: 200 };

describe("the pods of the committed manifests", { timeout: 90_000 }, () => {
  it("sync into the volume, and add to it at the next run, in cronjob", async () => {
    const sandbox = await org();
    await inFolder(async (folder) => {
      layVolumes("cronjob", folder, {});
      const secrets = { BATON_DOMAIN: sandbox.url, BATON_API_TOKEN: sandbox.token };
      const { args, env } = podCommand("cronjob", folder, secrets);
      for (let times = 1; times <= 2; times += 1) {
        const ended = await run(args, { cwd: join(folder, "data"), env });
        expect(ended.code, ended.stderr).toBe(0);
        expect(ended.stderr + ended.stdout).not.toContain(sandbox.token);
      }
      const shown = await run(["snapshot", "show", join(folder, "data/sync.c1z"), "-o", "json"]);
      expect(shown.stdout).toContain("resourceset-binding");
    });
  });

  it("end a job for good where Okta refuses the credentials, in cronjob", async () => {
    const sandbox = await org();
    await inFolder(async (folder) => {
      layVolumes("cronjob", folder, {});
      const { args, env } = podCommand("cronjob", folder, { BATON_DOMAIN: sandbox.url });
      const { code } = await run(args, { cwd: join(folder, "data"), env });
      const job = renderedManifests("cronjob").find(({ kind }) => kind === "CronJob")!.spec.jobTemplate.spec;
      expect(job.podFailurePolicy.rules[1].onExitCodes.values).toContain(code);
    });
  });

  it("answer callers that have the token, over TLS, in serve", async () => {
    const sandbox = await org({ auth: "oauth" });
    await inFolder(async (folder) => {
      layVolumes("serve", folder, {
        "etc/baton-okta/tls/tls.crt": CERT,
        "etc/baton-okta/tls/tls.key": KEY,
        ca: CERT,
      });
      const { clientId, privateKeyPem, keyId } = sandbox.oauth!;
      const serving = startPod("serve", folder, {
        BATON_DOMAIN: sandbox.url,
        BATON_OKTA_CLIENT_ID: clientId,
        BATON_OKTA_PRIVATE_KEY: privateKeyPem,
        BATON_OKTA_PRIVATE_KEY_ID: keyId,
      });
      const address = await printed(serving, /over gRPC at (\S+)/);
      expect(await probe("serve", await printed(serving, HEALTH))).toEqual(WELL);

      const call = [
        "sync",
        "--connector",
        address.replace("127.0.0.1", "localhost"),
        "--connector-ca",
        join(folder, "ca"),
      ];
      const file = ["-f", join(folder, "read.c1z")];
      const token = ["--connector-token-file", join(folder, "etc/baton-okta/auth/token")];
      const read = await run([...call, ...token, ...file]);
      expect(read.code, read.stderr).toBe(0);
      expect((await run([...call, ...file])).code).not.toBe(0);

      serving.child.kill("SIGTERM");
      const { code, stderr } = await serving.ended;
      expect(code, stderr).toBe(0);
      expect(stderr).not.toContain(privateKeyPem.split("\n")[1]);
    });
  });

  it("take only callers with a certificate, and start without their collector, in everything", async () => {
    const sandbox = await org();
    await inFolder(async (folder) => {
      layVolumes("everything", folder, {
        "etc/baton-okta/tls/tls.crt": CERT,
        "etc/baton-okta/tls/tls.key": KEY,
        "etc/baton-okta/client-ca/ca.crt": CERT,
        "etc/baton-okta/auth/token": "token-of-the-callers",
        cert: CERT,
        key: KEY,
      });
      const serving = startPod("everything", folder, {
        BATON_DOMAIN: sandbox.url,
        BATON_API_TOKEN: sandbox.token,
        BATON_OTEL_COLLECTOR_ENDPOINT: "127.0.0.1:9",
      });
      const address = (await printed(serving, /over gRPC at (\S+)/)).replace("127.0.0.1", "localhost");
      expect(await probe("everything", await printed(serving, HEALTH))).toEqual(WELL);
      const token = ["--connector-token-file", join(folder, "etc/baton-okta/auth/token")];
      const call = ["sync", "--connector", address, "--connector-ca", join(folder, "cert"), ...token];
      const file = ["-f", join(folder, "read.c1z")];
      const certificate = ["--connector-cert", join(folder, "cert"), "--connector-key", join(folder, "key")];
      const read = await run([...call, ...certificate, ...file]);
      expect(read.code, read.stderr).toBe(0);
      expect(await shakesHands(address, { ca: CERT, cert: CERT, key: KEY })).toBe(true);
      expect(await shakesHands(address, { ca: CERT })).toBe(false);
    });
  });

  it("take a platform's tasks, and lose no credentials on the way, in service", async () => {
    const sandbox = await org();
    const platform = new FakePlatform();
    platform.nextPollMs = 100;
    await platform.listen();
    closing.push(() => platform.close());
    await inFolder(async (folder) => {
      layVolumes("service", folder, { ca: platform.ca });
      const task = platform.give({ case: "syncFull", value: {} });
      const secret = platform.clientSecret();
      const serving = startPod("service", folder, {
        BATON_DOMAIN: sandbox.url,
        BATON_API_TOKEN: sandbox.token,
        BATON_CLIENT_ID: platform.clientId,
        BATON_CLIENT_SECRET: secret,
        NODE_EXTRA_CA_CERTS: join(folder, "ca"),
        // Where this is set for the whole machine, gRPC trusts that file alone.
        GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: join(folder, "ca"),
      });
      const { taskId } = await platform.end(task);
      expect(taskId).toBe(task);
      expect(platform.uploads.map(({ whole }) => whole)).toEqual([true]);
      // The host is the release, not the pod: it stays when the pod is replaced.
      expect(platform.hellos[0]?.hostId).toBe("baton-okta");
      expect(await probe("service", await printed(serving, HEALTH))).toEqual(WELL);

      serving.child.kill("SIGTERM");
      const { code, stdout, stderr } = await serving.ended;
      expect(code, stderr).toBe(0);
      for (const hidden of [sandbox.token, secret]) expect(stdout + stderr).not.toContain(hidden);
    });
  });
});
