import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a misbehaviour sees it. */
export interface Asked {
  readonly method: string;
  /** The path without the query. */
  readonly path: string;
  /** The path with the query, as it was called. */
  readonly url: string;
  readonly body: Buffer;
  /** How often this misbehaviour was asked before. */
  readonly count: number;
}

/** What the honest server behind the hostile one answers. */
export interface Honest {
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
  readonly body: Buffer;
}

/**
 * Answers a request in the honest server's stead, by whatever it writes to the response or its socket. `honest` asks the
 * server behind, as often as it is called: for an answer that is only bent.
 */
export type Misbehaviour = (
  asked: Asked,
  response: ServerResponse,
  honest: () => Promise<Honest>,
) => void | Promise<void>;

/** A server in front of an honest one that lies where it is told to. */
export interface HostileOkta {
  /** As `http://127.0.0.1:41234`; links of the honest server are rewritten to it. */
  readonly url: string;
  /** Each request that came, as `GET /api/v1/groups?limit=200`. */
  readonly calls: string[];
  /** Misbehaves for requests that fit, as `GET /api/v1/groups/{id}/users` with `*` for any part of a path; gives its end. */
  on(method: string, pattern: string, misbehaviour: Misbehaviour): () => void;
  close(): Promise<void>;
}

/** Puts a hostile server in front of the one at `behind` (a sandbox, say), on loopback. */
export async function hostileOkta(behind: string): Promise<HostileOkta> {
  const rules: { method: string; pattern: RegExp; misbehaviour: Misbehaviour; count: number }[] = [];
  const calls: string[] = [];
  let own = "";
  const server = createServer((request, response) => {
    void bodyOf(request).then(async (body) => {
      const url = request.url ?? "/";
      const method = request.method ?? "GET";
      const path = url.split("?")[0]!;
      calls.push(`${method} ${url}`);
      const honest = () => ask(behind, own, request, body);
      // The rule that was added last wins, so that a test can bend what another rule bends.
      const rule = rules.findLast((one) => one.method === method && one.pattern.test(path));
      if (rule) return rule.misbehaviour({ method, path, url, body, count: rule.count++ }, response, honest);
      return send(response, await honest());
    });
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: own,
    calls,
    on(method, pattern, misbehaviour) {
      const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
      const rule = { method, pattern: new RegExp(`^${parts.join("[^/]+")}$`), misbehaviour, count: 0 };
      rules.push(rule);
      return () => void rules.splice(rules.indexOf(rule), 1);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Sends an answer as it is. */
export function send(response: ServerResponse, { status, headers, body }: Honest): void {
  response.writeHead(status, headers);
  response.end(body);
}

/** Answers JSON (a text as it is) with these headers. */
export function say(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string | string[]>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

/** Answers a fixed status and body. */
export function always(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string | string[]>> = {},
): Misbehaviour {
  return (_asked, response) => say(response, status, body, headers);
}

/** Okta's error object. */
export function oktaErrorBody(code: string, summary: string, causes: readonly string[] = []): object {
  const errorCauses = causes.map((errorSummary) => ({ errorSummary }));
  return { errorCode: code, errorSummary: summary, errorLink: code, errorId: "oae1", errorCauses };
}

/** Bends the honest answer: `change` gives what is to be sent in its stead. */
export function bend(change: (honest: Honest, asked: Asked) => Honest): Misbehaviour {
  return async (asked, response, honest) => send(response, change(await honest(), asked));
}

/** Bends the honest answer's JSON. */
export function bendJson(change: (body: unknown, asked: Asked) => unknown): Misbehaviour {
  return bend((honest, asked) => {
    const body = Buffer.from(JSON.stringify(change(JSON.parse(honest.body.toString()), asked)));
    return { ...honest, headers: { ...honest.headers, "content-length": String(body.length) }, body };
  });
}

/** Misbehaves the first `times` times, and is honest afterwards. */
export function atFirst(times: number, misbehaviour: Misbehaviour): Misbehaviour {
  return async (asked, response, honest) =>
    asked.count < times ? misbehaviour(asked, response, honest) : send(response, await honest());
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function ask(behind: string, own: string, request: IncomingMessage, body: Buffer): Promise<Honest> {
  return new Promise((resolve, reject) => {
    const headers = { ...request.headers, host: new URL(behind).host };
    const forwarded = httpRequest(`${behind}${request.url}`, { method: request.method, headers }, (answer) => {
      bodyOf(answer).then((raw) => {
        const kept: Record<string, string | string[]> = {};
        for (const [name, value] of Object.entries(answer.headers)) {
          if (value === undefined || name === "connection" || name === "transfer-encoding") continue;
          kept[name] =
            typeof value === "string" ? value.replaceAll(behind, own) : value.map((v) => v.replaceAll(behind, own));
        }
        const rewritten = Buffer.from(raw.toString().replaceAll(behind, own));
        if (rewritten.length > 0) kept["content-length"] = String(rewritten.length);
        resolve({ status: answer.statusCode!, headers: kept, body: rewritten });
      }, reject);
    });
    forwarded.on("error", reject);
    forwarded.end(body);
  });
}
