import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Fault } from "./faults.ts";
import type { Allowance } from "./limits.ts";
import type { ApiResponse } from "./route.ts";

const ID_PREFIX = randomBytes(9).toString("base64url");
let ids = 0;

/** A request id as it stands in `x-okta-request-id`: unique within the process. */
export function newRequestId(): string {
  ids++;
  return `${ID_PREFIX}${ids.toString(36).padStart(10, "0")}`;
}

/** An error answer in Okta's form. */
export function errorAnswer(
  status: number,
  errorCode: string,
  errorSummary: string,
  requestId: string,
  causes: readonly string[] = [],
  headers: NonNullable<ApiResponse["headers"]> = {},
): ApiResponse {
  return {
    status,
    headers,
    body: {
      errorCode,
      errorSummary,
      errorLink: errorCode,
      errorId: `oae${requestId}`,
      errorCauses: causes.map((cause) => ({ errorSummary: cause })),
    },
  };
}

/** Okta Management API: 429 for a rate limit and for too many requests at a time alike. */
export function tooManyRequests(requestId: string): ApiResponse {
  return errorAnswer(429, "E0000047", "API call exceeded rate limit due to too many requests.", requestId);
}

/** What every answer says besides its own headers. */
export interface Envelope {
  readonly requestId: string;
  /** Milliseconds since the Unix epoch, for the `Date` header. */
  readonly now: number;
  readonly allowance: Pick<Allowance, "limit" | "remaining" | "resetAt">;
}

/** Writes the answer. Without `withBody` (`HEAD`) it only says how long the body would be. */
export function sendAnswer(res: ServerResponse, answer: ApiResponse, envelope: Envelope, withBody: boolean): void {
  const body = bodyOf(answer);
  res.writeHead(answer.status, headersOf(answer, envelope, body));
  res.end(withBody ? body : undefined);
}

/** Writes the answer's head and half of its body, then breaks the connection. */
export function cutAnswer(req: IncomingMessage, res: ServerResponse, answer: ApiResponse, envelope: Envelope): void {
  const body = bodyOf(answer);
  if (body === undefined || body.length < 2) {
    resetConnection(req);
    return;
  }
  res.writeHead(answer.status, headersOf(answer, envelope, body));
  res.write(body.subarray(0, body.length >> 1), () => req.socket.destroy());
}

/** Breaks the connection with a TCP reset where the socket can (TLS cannot). */
export function resetConnection(req: IncomingMessage): void {
  if ("encrypted" in req.socket) {
    req.socket.destroy();
  } else {
    req.socket.resetAndDestroy();
  }
}

/** The error answer that stands for the fault; nothing where the fault is a broken connection. */
export function faultAnswer(fault: Fault, requestId: string): ApiResponse | undefined {
  switch (fault.kind) {
    case "500":
      return errorAnswer(500, "E0000009", "Internal Server Error", requestId);
    case "503":
      return errorAnswer(503, "E0000010", "Service is in read only mode", requestId);
    case "429":
      return tooManyRequests(requestId);
    default:
      return undefined;
  }
}

function bodyOf(answer: ApiResponse): Buffer | undefined {
  if (answer.body === undefined) {
    return undefined;
  }
  return Buffer.from(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
}

let dateSecond = -1;
let dateText = "";

function httpDate(now: number): string {
  const second = Math.floor(now / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(second * 1000).toUTCString();
  }
  return dateText;
}

function headersOf(answer: ApiResponse, envelope: Envelope, body: Buffer | undefined): (string | string[])[] {
  const { allowance } = envelope;
  const headers: (string | string[])[] = [
    "Date",
    httpDate(envelope.now),
    "x-okta-request-id",
    envelope.requestId,
    "X-Rate-Limit-Limit",
    String(allowance.limit),
    "X-Rate-Limit-Remaining",
    String(allowance.remaining),
    "X-Rate-Limit-Reset",
    String(Math.ceil(allowance.resetAt / 1000)),
  ];
  if (body !== undefined) {
    headers.push("Content-Type", "application/json", "Content-Length", String(body.length));
  } else if (answer.status !== 204) {
    headers.push("Content-Length", "0");
  }
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    headers.push(name, typeof value === "string" ? value : [...value]);
  }
  return headers;
}
