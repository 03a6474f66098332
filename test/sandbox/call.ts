import type { IncomingHttpHeaders } from "node:http";
import type { ApiResponse, Caller } from "../../src/sandbox/http/route.ts";
import { ApiError } from "../../src/sandbox/org/api-error.ts";
import type { Org } from "../../src/sandbox/org/org.ts";
import { routes } from "../../src/sandbox/routes/index.ts";

/** A super admin's API token. */
export const superAdmin: Caller = { id: "00Ttest", roles: ["SUPER_ADMIN"] };

/** What a call to a route may say besides its address. */
export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: IncomingHttpHeaders;
  readonly caller?: Caller;
}

/** What a route answered, with its body parsed and its `next` link. */
export interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
  readonly next: string | undefined;
}

/** Calls an org's routes without a server: `call("GET", "/api/v1/users?limit=2")`. */
export function caller(org: Org): (method: string, address: string, options?: CallOptions) => Answered {
  const table = routes(org);
  return (method, address, options = {}) => {
    const url = new URL(address, "http://sandbox.test");
    const steps = url.pathname.split("/");
    for (const route of table) {
      const pattern = route.pattern.split("/");
      if (route.method !== method || pattern.length !== steps.length) continue;
      const params: Record<string, string> = {};
      const matches = pattern.every((part, i) => {
        if (!part.startsWith("{")) return part === steps[i];
        params[part.slice(1, -1)] = decodeURIComponent(steps[i]!);
        return true;
      });
      if (!matches) continue;
      return answered(
        route.handle({
          method,
          path: url.pathname,
          params,
          query: url.searchParams,
          headers: options.headers ?? {},
          body: options.body,
          caller: options.caller ?? superAdmin,
          origin: url.origin,
          requestId: "test",
        }),
      );
    }
    throw new Error(`no route for ${method} ${address}`);
  };
}

function answered(response: ApiResponse): Answered {
  const { body } = response;
  const parsed = typeof body === "string" ? JSON.parse(body) : body;
  const links = [response.headers?.link ?? []].flat();
  const next = links.map((link) => /^<(.*)>; rel="next"$/.exec(link)?.[1]).find((url) => url !== undefined);
  return { status: response.status, body: parsed, next: next ?? parsed?._links?.next?.href };
}

/** All items of a list, page by page; `key` names the list in a body that is an object. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export function all(call: ReturnType<typeof caller>, address: string, key?: string, options?: CallOptions): any[] {
  const items = [];
  let next: string | undefined = address;
  while (next !== undefined) {
    const page: Answered = call("GET", next, options);
    items.push(...(key === undefined ? page.body : page.body[key]));
    next = page.next;
  }
  return items;
}

/** The `ApiError` that a call ends with. */
export function refusal(run: () => unknown): ApiError {
  try {
    run();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error("the call was not refused");
}
