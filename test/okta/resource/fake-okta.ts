import type { Connector, ResourceTypeSupport } from "../../../src/baton/connector.ts";
import { parseDomain } from "../../../src/okta/api/http/domain.ts";
import { listOf } from "../../../src/okta/api/pages/unexpected-shape.ts";
import { createOktaConnector, type OktaOptions } from "../../../src/okta/connector.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { Failure, type FailureKind } from "../../../src/runtime/failure.ts";
import { silentLog } from "../../../src/runtime/log/log.ts";

/**
 * What is answered: a body, or the status of a failure. `next`: the path of the next page; `until`: what the answer
 * waits for.
 */
export type Answer =
  | { readonly body: unknown; readonly next?: string; readonly until?: Promise<unknown> }
  | { readonly status: 400 | 403 | 404 | 503 };

const KINDS: Record<number, FailureKind> = {
  400: "invalidArgument",
  403: "permissionDenied",
  404: "notFound",
  503: "unavailable",
};

export const defaults: OktaOptions = {
  syncInactiveApps: true,
  syncCustomRoles: true,
  skipSecondaryEmails: false,
  syncSecrets: true,
  filterEmailDomains: [],
  skipAppGroups: false,
};

/** A connector over answers that a test gives, by path and query; a path that has none is not found. */
export function fakeOkta(answer: (path: string) => Answer | undefined, options: Partial<OktaOptions> = {}) {
  const asked: string[] = [];
  async function take(path: string): Promise<{ body: unknown; next?: string }> {
    asked.push(path);
    const given = answer(path) ?? { status: 404 };
    // As over a network: whoever asks meanwhile asks before the answer is there.
    await new Promise((resolve) => setImmediate(resolve));
    if ("status" in given) {
      const said = { status: given.status, requestId: "req1" };
      throw new Failure({ kind: KINDS[given.status]!, message: `HTTP ${given.status}`, answer: said });
    }
    await given.until;
    return JSON.parse(JSON.stringify(given)) as { body: unknown; next?: string };
  }
  const connector: Connector = createOktaConnector({
    client: {
      async list(path, _call, { items, parse } = {}) {
        const { body, next } = await take(path);
        const found = parse ? parse(Buffer.from(JSON.stringify(body))) : items ? items(body) : body;
        // biome-ignore lint/suspicious/noExplicitAny: the items are what the test gave
        return { items: listOf<any>(body, found), ...(next !== undefined && { next }) };
      },
      // biome-ignore lint/suspicious/noExplicitAny: the object is what the test gave
      get: async (path) => (await take(path)).body as any,
      send: async (method, path) => {
        throw new Error(`nothing answers ${method} ${path}`);
      },
    },
    origin: parseDomain("acme.okta.com"),
    options: { ...defaults, ...options },
    clock: systemClock,
    log: silentLog,
  });
  const type = (id: string): ResourceTypeSupport => connector.types.find((one) => one.type.id === id)!;
  return { connector, type, asked };
}

/** Answers from a table. */
export const table = (answers: Record<string, Answer>) => (path: string) => answers[path];
