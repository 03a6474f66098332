import { createHash, generateKeyPairSync, type KeyObject, verify } from "node:crypto";
import {
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import {
  create,
  type DescMessage,
  type DescMethod,
  fromBinary,
  type MessageInitShape,
  toBinary,
} from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import KSUID from "ksuid";
import {
  BatonService,
  type BatonServiceFinishTaskRequest,
  type BatonServiceGetTaskResponseSchema,
  type BatonServiceGetTasksRequest,
  type BatonServiceGetTasksResponseSchema,
  type BatonServiceHeartbeatRequest,
  type BatonServiceHeartbeatResponseSchema,
  type BatonServiceHelloRequest,
  type BatonServiceUploadAssetRequest,
  BatonServiceUploadAssetRequestSchema,
  BatonServiceUploadAssetResponseSchema,
  type Task,
  TaskSchema,
} from "../../../src/gen/c1/connectorapi/baton/v1/baton_pb.ts";
import { CERT, KEY } from "../../sandbox/tls-fixture.ts";

/** The codes of gRPC that a platform answers with here. */
export const CODE = {
  OK: 0,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

/** The name of a call, as `GetTask`; `token` is the token endpoint. */
export type CallName = "token" | "Hello" | "GetTask" | "GetTasks" | "Heartbeat" | "FinishTask" | "UploadAsset";

/** What the platform does in place of answering as it should. */
export type Misbehaviour =
  /** Answers with a code, or the token endpoint with an HTTP status, without doing anything. */
  | { readonly kind: "refuse"; readonly code: number }
  /** Does what was asked, and then ends the stream without an answer. */
  | { readonly kind: "lose" }
  /** Does what was asked, and never answers. */
  | { readonly kind: "silent" }
  /** Breaks the connection before anything is done. */
  | { readonly kind: "reset" }
  /** Answers this text with status 200 (token endpoint only). */
  | { readonly kind: "text"; readonly text: string };

/** An upload as it came in. */
export interface Upload {
  readonly taskId: string;
  readonly hostId: string;
  readonly bytes: Buffer;
  /** The length of each chunk. */
  readonly chunks: readonly number[];
  /** Whether the checksum at its end was right. */
  readonly whole: boolean;
}

/** One call that came in. */
export interface Seen {
  readonly call: CallName;
  /** What it was answered with. */
  readonly outcome: "ok" | Misbehaviour["kind"] | "unauthenticated";
  readonly token?: string;
}

/** A platform that serves the wire contract over TLS, token endpoint and gRPC on one port, and records. */
export class FakePlatform {
  readonly keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  readonly seen: Seen[] = [];
  readonly hellos: BatonServiceHelloRequest[] = [];
  readonly heartbeats: BatonServiceHeartbeatRequest[] = [];
  readonly polls: BatonServiceGetTasksRequest[] = [];
  readonly uploads: Upload[] = [];
  /** Each end of a task that was accepted. */
  readonly finished: BatonServiceFinishTaskRequest[] = [];
  /** Forms and headers of requests for a token. */
  readonly tokenRequests: {
    readonly form: URLSearchParams;
    readonly header: Record<string, unknown>;
    readonly claims: Record<string, unknown>;
    readonly http: string;
  }[] = [];
  /** TCP connections that spoke HTTP/2. */
  connections = 0;
  /** What tokens are said to last, in seconds. */
  tokenSeconds: number | undefined = 3600;
  nextPollMs: number | undefined = 0;
  nextHeartbeatMs: number | undefined;
  readonly cancelled = new Set<string>();
  /** Tasks that are handed out, in order; the same one again and again where it is kept. */
  readonly queue: Task[] = [];
  /** Whether a task is handed out until its end is told. */
  keepHandingOut = false;
  /** Whether `GetTasks` hands out all there are, whatever is asked for. */
  handOutAll = false;
  /** Called with each call before it is answered. */
  onCall: ((call: CallName, taskId: string) => void | Promise<void>) | undefined;
  readonly #plans = new Map<CallName, (Misbehaviour | undefined)[]>();
  readonly #always = new Map<CallName, Misbehaviour>();
  readonly #valid = new Set<string>();
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #watchers = new Set<() => void>();
  readonly #server = createSecureServer({ cert: CERT, key: KEY, allowHTTP1: true });
  #tokens = 0;

  constructor() {
    this.keys = generateKeyPairSync("ed25519");
    this.#server.on("secureConnection", (socket: Socket) => this.#sockets.add(socket));
    this.#server.on("session", (session) => {
      this.connections += 1;
      this.#sessions.add(session);
      session.on("error", () => {});
      session.once("close", () => this.#sessions.delete(session));
    });
    this.#server.on("request", (request, response) => {
      if (request.httpVersionMajor === 1) void this.#token(request, response);
      else void this.#rpc(request, response);
    });
    this.#server.on("sessionError", () => {});
    this.#server.on("tlsClientError", () => {});
  }

  async listen(port = 0): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(port, "127.0.0.1", done));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get clientId(): string {
    return `sandbox-client@localhost:${this.port}/valet`;
  }

  /** The client secret, with a JWK as its key. */
  clientSecret(more: Record<string, unknown> = { kid: "key-1" }): string {
    const jwk = { ...this.keys.privateKey.export({ format: "jwk" }), ...more };
    return `secret-token:localhost:v1:${Buffer.from(JSON.stringify(jwk)).toString("base64url")}`;
  }

  /** The CA that a client has to trust. */
  get ca(): string {
    return CERT;
  }

  async close(): Promise<void> {
    this.drop();
    await new Promise<void>((done) => this.#server.close(() => done()));
  }

  /** Breaks all connections. */
  drop(): void {
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  /** Plans what the next calls of a name meet, one after the other; `undefined`: nothing unusual. */
  plan(call: CallName, ...misbehaviours: (Misbehaviour | undefined)[]): void {
    this.#plans.set(call, [...(this.#plans.get(call) ?? []), ...misbehaviours]);
  }

  /** What every call of a name meets from now on. */
  always(call: CallName, misbehaviour: Misbehaviour | undefined): void {
    if (misbehaviour === undefined) this.#always.delete(call);
    else this.#always.set(call, misbehaviour);
  }

  /** Takes all tokens back: calls with them are answered `UNAUTHENTICATED`. */
  revokeTokens(): void {
    this.#valid.clear();
  }

  /** Hands out a task, and answers its id. */
  give(taskType: MessageInitShape<typeof TaskSchema>["taskType"], more: { id?: string; debug?: boolean } = {}): string {
    const id = more.id ?? KSUID.randomSync().string;
    this.queue.push(create(TaskSchema, { id, taskType: taskType!, debug: more.debug ?? false }));
    return id;
  }

  /** How a task ended, as soon as that was told. */
  async end(taskId: string): Promise<BatonServiceFinishTaskRequest> {
    const find = () => this.finished.find((one) => one.taskId === taskId);
    await this.until(() => find() !== undefined);
    return find()!;
  }

  /** Waits until something is so; looked at after each call. */
  async until(is: () => boolean): Promise<void> {
    while (!is()) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#watchers.delete(wake);
          resolve();
        };
        this.#watchers.add(wake);
      });
    }
  }

  /** How often a call was made. */
  count(call: CallName, outcome?: Seen["outcome"]): number {
    return this.seen.filter((one) => one.call === call && (outcome === undefined || one.outcome === outcome)).length;
  }

  #next(call: CallName): Misbehaviour | undefined {
    const plan = this.#plans.get(call);
    return plan !== undefined && plan.length > 0 ? plan.shift() : this.#always.get(call);
  }

  #record(seen: Seen): void {
    this.seen.push(seen);
    setImmediate(() => {
      for (const wake of [...this.#watchers]) wake();
    });
  }

  async #token(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
    await this.onCall?.("token", "");
    const bad = this.#next("token");
    this.#record({ call: "token", outcome: bad?.kind ?? "ok" });
    if (bad?.kind === "reset") {
      request.socket.destroy();
      return;
    }
    if (bad?.kind === "silent") return;
    if (bad?.kind === "text") {
      response.end(bad.text);
      return;
    }
    if (bad?.kind === "refuse") {
      response.writeHead(bad.code, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: "invalid_client" }));
      return;
    }
    const assertion = this.#verify(form.get("client_assertion") ?? "");
    const right =
      request.method === "POST" &&
      request.url === "/auth/v1/token" &&
      request.headers["content-type"] === "application/x-www-form-urlencoded" &&
      form.get("grant_type") === "client_credentials" &&
      form.get("client_assertion_type") === "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" &&
      assertion !== undefined;
    if (!right) {
      response.writeHead(401).end();
      return;
    }
    this.tokenRequests.push({ form, ...assertion, http: request.httpVersion });
    this.#tokens += 1;
    const token = `token-${this.#tokens}`;
    this.#valid.add(token);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ access_token: token, token_type: "Bearer", expires_in: this.tokenSeconds }));
  }

  #verify(jwt: string): { header: Record<string, unknown>; claims: Record<string, unknown> } | undefined {
    const [header, claims, signature] = jwt.split(".");
    if (header === undefined || claims === undefined || signature === undefined) return undefined;
    const signed = Buffer.from(`${header}.${claims}`);
    if (!verify(null, signed, this.keys.publicKey, Buffer.from(signature, "base64url"))) return undefined;
    const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return { header: read(header), claims: read(claims) };
  }

  async #rpc(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
    const { url: path, stream } = request;
    const authorization = String(request.headers.authorization ?? "");
    stream.on("error", () => {});
    const method = BatonService.methods.find(({ name }) => path === `/${BatonService.typeName}/${name}`);
    const call = method?.name as CallName | undefined;
    if (method === undefined || call === undefined) return answer(response, CODE.UNIMPLEMENTED);
    const messages: Buffer[] = [];
    const bad = this.#next(call);
    const token = authorization.replace(/^Bearer /, "");
    if (!this.#valid.has(token)) {
      this.#record({ call, outcome: "unauthenticated", token });
      return answer(response, CODE.UNAUTHENTICATED);
    }
    if (bad?.kind === "reset") {
      this.#record({ call, outcome: "reset", token });
      stream.session?.destroy();
      return;
    }
    if (bad?.kind === "refuse") {
      this.#record({ call, outcome: "refuse", token });
      stream.resume();
      return answer(response, bad.code);
    }
    try {
      for await (const message of framed(request)) messages.push(message);
    } catch {
      return;
    }
    const taskId = this.#taskIdOf(method, messages);
    await this.onCall?.(call, taskId);
    const done = this.#do(method, messages);
    this.#record({ call, outcome: bad?.kind ?? "ok", token });
    if (bad?.kind === "silent") return;
    if (bad?.kind === "lose") {
      stream.close(2);
      return;
    }
    if (done === undefined) return answer(response, CODE.NOT_FOUND);
    answer(response, CODE.OK, Buffer.from(toBinary(method.output, create(method.output, done))));
  }

  #taskIdOf(method: DescMethod, messages: readonly Buffer[]): string {
    if (method.name === "UploadAsset" || messages[0] === undefined) return "";
    const request = fromBinary(method.input, messages[0]) as { taskId?: string };
    return request.taskId ?? "";
  }

  /** Does what a call asks; nothing where the platform does not know the task. */
  #do(method: DescMethod, messages: readonly Buffer[]): MessageInitShape<DescMessage> | undefined {
    const request = () => fromBinary(method.input, messages[0] ?? Buffer.alloc(0));
    switch (method.name as CallName) {
      case "Hello":
        this.hellos.push(request() as BatonServiceHelloRequest);
        return {};
      case "GetTask":
        return this.#getTask();
      case "GetTasks":
        return this.#getTasks(request() as BatonServiceGetTasksRequest);
      case "Heartbeat": {
        const beat = request() as BatonServiceHeartbeatRequest;
        this.heartbeats.push(beat);
        const cancelled = this.cancelled.has(beat.taskId);
        return {
          cancelled,
          ...(this.nextHeartbeatMs === undefined ? {} : { nextHeartbeat: durationFromMs(this.nextHeartbeatMs) }),
        } satisfies MessageInitShape<typeof BatonServiceHeartbeatResponseSchema> as MessageInitShape<DescMessage>;
      }
      case "FinishTask": {
        const end = request() as BatonServiceFinishTaskRequest;
        if (this.finished.some(({ taskId }) => taskId === end.taskId)) return undefined;
        this.finished.push(end);
        const at = this.queue.findIndex(({ id }) => id === end.taskId);
        if (at !== -1) this.queue.splice(at, 1);
        return {};
      }
      default:
        this.uploads.push(readUpload(messages));
        return create(BatonServiceUploadAssetResponseSchema);
    }
  }

  #poll() {
    return this.nextPollMs === undefined ? {} : { nextPoll: durationFromMs(this.nextPollMs) };
  }

  #getTask(): MessageInitShape<DescMessage> {
    const task = this.keepHandingOut ? this.queue[0] : this.queue.shift();
    return {
      task: task ?? create(TaskSchema, { taskType: { case: "none", value: {} } }),
      ...this.#poll(),
    } satisfies MessageInitShape<typeof BatonServiceGetTaskResponseSchema> as MessageInitShape<DescMessage>;
  }

  #getTasks(request: BatonServiceGetTasksRequest): MessageInitShape<DescMessage> {
    this.polls.push(request);
    return {
      tasks: this.queue.splice(0, this.handOutAll ? this.queue.length : request.pageSize),
      ...this.#poll(),
    } satisfies MessageInitShape<typeof BatonServiceGetTasksResponseSchema> as MessageInitShape<DescMessage>;
  }
}

function readUpload(messages: readonly Buffer[]): Upload {
  const parts = messages.map((bytes) => fromBinary(BatonServiceUploadAssetRequestSchema, bytes).msg);
  const [first, ...rest] = parts;
  const last = rest.pop();
  if (first?.case !== "metadata" || last?.case !== "eof") throw new Error("an upload has no start or no end");
  const chunks = rest.map((part: BatonServiceUploadAssetRequest["msg"]) => {
    if (part.case !== "data") throw new Error("an upload's middle is not data");
    return Buffer.from(part.value.data);
  });
  const bytes = Buffer.concat(chunks);
  return {
    taskId: first.value.taskId,
    hostId: first.value.hostId,
    bytes,
    chunks: chunks.map(({ length }) => length),
    whole: createHash("sha256").update(bytes).digest().equals(Buffer.from(last.value.sha256Checksum)),
  };
}

/** The messages of a request: each has five bytes before it, a flag and its length. */
async function* framed(stream: AsyncIterable<unknown>): AsyncIterable<Buffer> {
  let left = Buffer.alloc(0);
  for await (const chunk of stream) {
    left = Buffer.concat([left, chunk as Buffer]);
    while (left.length >= 5 && left.length >= 5 + left.readUInt32BE(1)) {
      const end = 5 + left.readUInt32BE(1);
      yield left.subarray(5, end);
      left = left.subarray(end);
    }
  }
}

function answer(response: Http2ServerResponse, code: number, message?: Buffer): void {
  if (response.stream.destroyed || response.stream.closed) return;
  const status = { "grpc-status": String(code), "grpc-message": code === 0 ? "" : `refused with ${code}` };
  const headers = { "content-type": "application/grpc" };
  if (message === undefined) {
    response.stream.respond({ ":status": 200, ...headers, ...status }, { endStream: true });
    return;
  }
  const frame = Buffer.alloc(5 + message.length);
  frame.writeUInt32BE(message.length, 1);
  message.copy(frame, 5);
  response.writeHead(200, headers);
  response.addTrailers(status);
  response.end(frame);
}
