import { createPrivateKey } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { rotateToken } from "../../src/cli/leases/rotate/api-token.ts";
import { rotateKey } from "../../src/cli/leases/rotate/oauth-key.ts";
import { tokenOf } from "../../src/cli/leases/rotate/token-file.ts";
import type { Credentials } from "../../src/okta/api/auth/credentials.ts";
import type { OktaClient } from "../../src/okta/api/client.ts";
import { createOktaClient } from "../../src/okta/api/create-client.ts";
import { parseDomain } from "../../src/okta/api/http/domain.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { silentLog } from "../../src/runtime/log/log.ts";
import { Secret } from "../../src/runtime/secrets/secret.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { goldenSandbox } from "../baton/rpc/okta.ts";
import { OWNER } from "../okta/doctor/examine.ts";

const OLD = "00oldTokenOfTheTest";
const NEW = "00newTokenOfTheTest";
const signal = new AbortController().signal;
const cleaned: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleaned.splice(0).reverse()) await clean();
});

/** Ends the process, as it were, at the n-th request: before it is sent, or after it was answered. */
class Kill extends Error {}
function dying(client: OktaClient, count: { left: number }, after: boolean): OktaClient {
  const wrap =
    <A extends unknown[], R>(method: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      count.left -= 1;
      if (count.left === 0 && !after) throw new Kill("killed");
      const answer = await method(...args);
      if (count.left <= 0) throw new Kill("killed");
      return answer;
    };
  return {
    ...client,
    get: wrap(client.get) as never,
    list: wrap(client.list) as never,
    send: wrap(client.send) as never,
  };
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "baton-rotate-"));
  cleaned.push(() => rmSync(path, { recursive: true }));
  return path;
}

async function sandboxOf(options: Parameters<typeof goldenSandbox>[0]): Promise<Sandbox> {
  const sandbox = await goldenSandbox(options);
  cleaned.push(() => sandbox.close());
  return sandbox;
}

const clientOf = (sandbox: Sandbox, credentials: Credentials) =>
  createOktaClient({ origin: parseDomain(sandbox.url), credentials, ...{ userAgent: "test", env: {} } });

/** What is rotated, in a world of its own. */
interface World {
  rotate(wrap: (client: OktaClient) => OktaClient): Promise<{ outcome: string }>;
  /** Throws where what the file holds does not work. */
  prove(): Promise<void>;
}

/** Kills a rotation at each of its requests, each time in a fresh world, and lets the next process go on. */
async function killedEverywhere(create: () => Promise<World>, after: boolean): Promise<number> {
  for (let at = 1; ; at++) {
    const { rotate, prove } = await create();
    const count = { left: at };
    const ended = await rotate((client) => dying(client, count, after)).catch((error: unknown) => {
      if (error instanceof Kill || String(error).includes("killed")) return undefined;
      throw error;
    });
    await prove();
    if (ended !== undefined && count.left > 0) return at - 1;
    expect(await rotate((client) => client)).toMatchObject({ outcome: "rotated" });
    await prove();
  }
}

it.each([[false], [true]])("leaves a key that works wherever it is killed (after the answer: %s)", async (after) => {
  const create = async (): Promise<World> => {
    const sandbox = await sandboxOf({ auth: "oauth" });
    const { clientId, keyId, privateKeyPem } = sandbox.oauth!;
    const own = folder();
    const keyFile = join(own, "key.pem");
    writeFileSync(keyFile, privateKeyPem);
    const current = () => {
      const text = readFileSync(keyFile, "utf8");
      if (!text.startsWith("{")) return { key: createPrivateKey(text), keyId };
      const jwk = JSON.parse(text);
      return { key: createPrivateKey({ key: jwk, format: "jwk" }), keyId: jwk.kid as string };
    };
    const connect = (key: ReturnType<typeof current>) =>
      clientOf(sandbox, { kind: "oauthKey", clientId, ...key, scopes: ["okta.apps.manage"] });
    let isDone = false;
    return {
      async rotate(wrap) {
        const ended = await rotateKey(
          {
            ...{ keyFile, clientId, keyId: current().keyId, graceMs: 0, clock: systemClock, log: silentLog },
            connect: async (jwk) =>
              wrap(
                connect(
                  jwk === undefined
                    ? current()
                    : { key: createPrivateKey({ key: jwk as never, format: "jwk" }), keyId: jwk.kid },
                ),
              ),
          },
          { signal },
        );
        isDone = true;
        return ended;
      },
      async prove() {
        const client = connect(current());
        const path = `/api/v1/apps/${clientId}/credentials/jwks`;
        const { keys } = await client.get<{ keys: { kid: string }[] }>(path, { signal });
        // Never more than the one before and the one after.
        expect(keys.length).toBeLessThanOrEqual(isDone ? 1 : 2);
        if (!isDone) return;
        expect(keys.map(({ kid }) => kid)).toEqual([current().keyId]);
        expect(current().keyId).not.toBe(keyId);
        expect(readdirSync(own)).toEqual(["key.pem"]);
      },
    };
  };
  expect(await killedEverywhere(create, after)).toBeGreaterThan(5);
});

it.each([[false], [true]])("leaves a token that works wherever it is killed (after the answer: %s)", async (after) => {
  const create = async (): Promise<World> => {
    const sandbox = await sandboxOf({
      tokens: [
        { token: OLD, id: "00Told", userId: OWNER },
        { token: NEW, id: "00Tnew", userId: OWNER },
      ],
    });
    const own = folder();
    const configFile = join(own, "baton.yaml");
    writeFileSync(configFile, `domain: ${sandbox.url}\napi-token: ${OLD}\n`);
    const connect = (token: string) => clientOf(sandbox, { kind: "apiToken", token: new Secret(token) });
    const works = async (token: string) => await connect(token).get("/api/v1/users/me", { signal });
    let isDone = false;
    return {
      async rotate(wrap) {
        // A process that is started anew is told of the new token only where it has not begun yet.
        const newToken = (await tokenOf(configFile)) === OLD ? NEW : undefined;
        const ended = await rotateToken(
          {
            ...{ configFile, org: sandbox.url, newToken, graceMs: 0, clock: systemClock, log: silentLog },
            connect: (token) => wrap(connect(token)),
          },
          { signal },
        );
        isDone = true;
        return ended;
      },
      async prove() {
        await works((await tokenOf(configFile))!);
        if (!isDone) return;
        expect(await tokenOf(configFile)).toBe(NEW);
        await expect(works(OLD)).rejects.toThrow();
        expect(readdirSync(own)).toEqual(["baton.yaml"]);
      },
    };
  };
  expect(await killedEverywhere(create, after)).toBeGreaterThan(3);
});
