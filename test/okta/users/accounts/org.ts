import { readFileSync } from "node:fs";
import { afterEach } from "vitest";
import type { Action, Call, Connector, JsonObject, NewPassword, WriteStep } from "../../../../src/baton/connector.ts";
import { createOktaClient } from "../../../../src/okta/api/create-client.ts";
import { parseDomain } from "../../../../src/okta/api/http/domain.ts";
import { createOktaConnector } from "../../../../src/okta/connector.ts";
import type { Clock } from "../../../../src/runtime/clock.ts";
import { silentLog } from "../../../../src/runtime/log/log.ts";
import { Secret } from "../../../../src/runtime/secrets/secret.ts";
import { orgFromJson } from "../../../../src/sandbox/org/json.ts";
import { type Sandbox, type SeenRequest, startSandbox } from "../../../../src/sandbox/sandbox.ts";
import { defaults } from "../../resource/fake-okta.ts";

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A file of the golden data. */
export const golden = (file: string) =>
  JSON.parse(readFileSync(new URL(`../../../golden/${file}`, import.meta.url), "utf8"));

/** The machine's time, without waiting for anything. */
export const hasty: Clock = { now: () => Date.now(), sleep: async (_ms, signal) => signal?.throwIfAborted() };

/** A connector over the golden org, and what it asks of Okta. */
export interface Changed {
  readonly connector: Connector;
  readonly sandbox: Sandbox;
  /** Method and URL of each request so far, ids as they are. */
  readonly asked: string[];
  /** What the audit was told. */
  readonly steps: WriteStep[];
  readonly call: (parts?: Partial<Call>) => Call;
  action(name: string): Action;
  run(name: string, args: JsonObject, parts?: Partial<Call>): Promise<JsonObject>;
  create(
    profile: JsonObject,
    password?: NewPassword,
    parts?: Partial<Call>,
  ): ReturnType<NonNullable<Connector["accounts"]>["create"]>;
  /** What Okta has at a path, read past the connector; `undefined` where there is nothing. */
  // biome-ignore lint/suspicious/noExplicitAny: Okta's JSON
  okta(path: string): Promise<any>;
}

/** Serves the golden org; `roles`: the admin roles of the token's owner, `SUPER_ADMIN` by default. */
export async function changedOrg(roles: readonly string[] = ["SUPER_ADMIN"], clock = hasty): Promise<Changed> {
  const token = "00changes";
  const sandbox = await startSandbox({
    org: orgFromJson(golden("org.json")),
    limits: "off",
    tokens: [{ token, roles: [...roles] }],
  });
  const origin = parseDomain(sandbox.url);
  const credentials = { kind: "apiToken", token: new Secret(token) } as const;
  const client = createOktaClient({ origin, credentials, userAgent: "test", env: {}, clock });
  const asked: string[] = [];
  const steps: WriteStep[] = [];
  sandbox.onRequest((request: SeenRequest) => {
    if (request.headers["user-agent"] === "test") asked.push(`${request.method} ${request.url}`);
  });
  open.push(async () => {
    client.close();
    await sandbox.close();
  });
  const connector = createOktaConnector({ client, origin, options: defaults, clock, log: silentLog });
  const call = (parts: Partial<Call> = {}): Call => ({
    signal: new AbortController().signal,
    audit: (step) => steps.push(step),
    ...parts,
  });
  const action = (name: string) => connector.actions!.find(({ schema }) => schema.name === name)!;
  return {
    connector,
    sandbox,
    asked,
    steps,
    call,
    action,
    run: (name, args, parts) => action(name).run(args, call(parts)),
    create: (profile, password = { kind: "none" }, parts = {}) =>
      connector.accounts!.create(profile, password, call(parts)),
    async okta(path) {
      const answer = await fetch(`${sandbox.url}${path}`, { headers: { authorization: `SSWS ${sandbox.token}` } });
      return answer.ok ? await answer.json() : undefined;
    },
  };
}
