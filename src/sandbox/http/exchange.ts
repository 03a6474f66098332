import type { IncomingMessage, ServerResponse } from "node:http";
import { newRequestId } from "./answer.ts";
import { type Call, TOKEN_PATH } from "./call.ts";
import type { Allowance } from "./limits.ts";
import type { Match, Router } from "./router.ts";

const MAX_BODY_BYTES = 1024 * 1024;
const HOST = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/;
const NO_MATCH: Match = { route: undefined, pattern: undefined, params: {}, methods: [] };

/** One request and what is to be said in its answer. */
export interface Exchange extends Call {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  allowance: Pick<Allowance, "limit" | "remaining" | "resetAt">;
  body: string;
}

/** Reads what a request says of itself; not its body. */
export function beginExchange(
  req: IncomingMessage,
  res: ServerResponse,
  { router, tls }: { readonly router: Router; readonly tls?: unknown },
): Exchange {
  const method = req.method ?? "GET";
  let url = req.url ?? "/";
  if (!url.startsWith("/")) {
    url = URL.canParse(url) ? url.slice(new URL(url).origin.length) : `/${url}`;
  }
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const scheme = tls === undefined ? "http" : "https";
  const host = req.headers.host ?? "";
  const local = `127.0.0.1:${req.socket.localPort}`;
  return {
    req,
    res,
    method,
    path,
    headers: req.headers,
    query: mark < 0 ? "" : url.slice(mark + 1),
    match: matchOf(router, method, path),
    requestId: newRequestId(),
    origin: `${scheme}://${HOST.test(host) ? host : local}`,
    allowance: { limit: 0, remaining: 0, resetAt: 0 },
    body: "",
  };
}

function matchOf(router: Router, method: string, path: string): Match {
  if (path === TOKEN_PATH) {
    return { ...NO_MATCH, pattern: TOKEN_PATH, methods: ["POST"] };
  }
  try {
    return router.match(method === "HEAD" ? "GET" : method, path);
  } catch (error) {
    if (error instanceof URIError) {
      return NO_MATCH;
    }
    throw error;
  }
}

/** The body of a request; `undefined` where the caller left in the middle of it. */
export async function readBody(req: IncomingMessage): Promise<{ readonly text: string } | "tooLarge" | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of req as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) {
        chunks.push(chunk);
      } else if (size > 16 * MAX_BODY_BYTES) {
        break;
      }
    }
  } catch {
    return undefined;
  }
  return size > MAX_BODY_BYTES ? "tooLarge" : { text: Buffer.concat(chunks).toString() };
}
