import type { ApiError } from "../../api/contract.ts";

/** An answer that was none: what the server said, or that it did not. */
export class RequestFailure extends Error {
  /** The HTTP status; 0 where no answer came. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "RequestFailure";
    this.status = status;
  }
}

/** Dispatched once nobody is signed in any more; `detail` is what the server said. */
export const SIGNED_OUT = "baton-okta-signed-out";

/** Asks the server. Rejects with a {@link RequestFailure}, or with the signal's reason. */
export async function request<T>(path: string, options: RequestInit = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { ...options, headers: { Accept: "application/json", ...options.headers } });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new RequestFailure(0, "The server does not answer. Is the program still running?");
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body as T;
  const said = (body as Partial<ApiError> | undefined)?.error?.message;
  if (response.status === 401) dispatchEvent(new CustomEvent(SIGNED_OUT, { detail: said ?? "" }));
  throw new RequestFailure(response.status, said ?? `The server answered ${response.status} without saying why.`);
}
