import { randomBytes } from "node:crypto";
import { Agent, request } from "node:https";
import { SignJWT } from "jose";
import type { Clock } from "../../../runtime/clock.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import { redact } from "../../../runtime/secrets/redact.ts";
import { type Identity, isLoopback } from "./identity.ts";

const PATH = "/auth/v1/token";
const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** How far an assertion reaches back and ahead, in seconds, so that clocks may differ. */
const ASSERTION_SECONDS = 120;

/** How long before its end a token is replaced, in milliseconds, or a fifth of its life where that is less. */
const EARLY_MS = 60_000;

/** How long a token that could not be replaced early is used on before the next try, in milliseconds. */
const AGAIN_MS = 10_000;

/** How long a token without a stated life is used, in milliseconds: one that ends earlier is replaced when refused. */
const UNSTATED_MS = 60_000;

const ANSWER_LIMIT = 1 << 20;
const TIMEOUT_MS = 30_000;

/** An answer of the token endpoint. */
export interface TokenAnswer {
  readonly status: number;
  readonly body: string;
}

/** Sends the form to the token endpoint, over HTTP/1.1. Throws what the network throws, and once `signal` is aborted. */
export type PostToken = (form: URLSearchParams, signal: AbortSignal) => Promise<TokenAnswer>;

/** Access tokens for a platform. */
export interface Tokens {
  /**
   * A token that is good for now. Throws a {@link Failure}: `unauthenticated` where the platform refuses the client, and
   * `unavailable` where the endpoint cannot be reached or does not answer as it should.
   */
  get(): Promise<string>;
  /** Says that this token was refused: the next one is new. */
  refuse(token: string): void;
  /** Gives up what is still asked for, which would keep the program from ending. */
  close(): void;
}

interface Token {
  readonly value: string;
  readonly refreshAt: number;
  readonly expiresAt: number;
}

/** Asks for tokens: one serves all calls, is replaced before it ends, and is asked for once however many wait. */
export function createTokens(identity: Identity, clock: Clock, post: PostToken): Tokens {
  let token: Token | undefined;
  let pending: Promise<string> | undefined;
  let notBefore = 0;
  const over = new AbortController();

  async function renew(): Promise<string> {
    const old = token;
    try {
      token = await ask(identity, clock, (form) => post(form, over.signal));
      return token.value;
    } catch (error) {
      // One that is still good, and was not refused meanwhile, is used on.
      if (old === undefined || token !== old || clock.now() >= old.expiresAt) throw error;
      notBefore = clock.now() + AGAIN_MS;
      return old.value;
    }
  }

  return {
    get() {
      const now = clock.now();
      if (token !== undefined && now < token.expiresAt && now < Math.max(token.refreshAt, notBefore)) {
        return Promise.resolve(token.value);
      }
      pending ??= renew().finally(() => {
        pending = undefined;
      });
      return pending;
    },
    refuse(value) {
      if (token?.value === value) token = undefined;
    },
    close: () => over.abort(),
  };
}

async function ask(
  identity: Identity,
  clock: Clock,
  post: (form: URLSearchParams) => Promise<TokenAnswer>,
): Promise<Token> {
  const signed = await assertion(identity, clock.now());
  const form = new URLSearchParams({
    client_id: identity.clientId,
    grant_type: "client_credentials",
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: signed,
  });
  let answer: TokenAnswer;
  try {
    answer = await post(form);
  } catch (cause) {
    throw isFailure(cause)
      ? cause
      : failed("unavailable", `the platform's token endpoint cannot be reached: ${networkWords(cause)}`, { cause });
  }
  const { status, body } = answer;
  if (status !== 200) {
    // 408 and 429 ask for patience; any other 4xx is about what was sent.
    if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
      throw failed("unauthenticated", "the platform does not accept the client id and secret", {
        answer: { status, ...refusalOf(body, signed) },
        advice: "check --client-id and --client-secret, this machine's clock, and that the client was not revoked",
      });
    }
    throw failed("unavailable", "the platform's token endpoint gives no token", { answer: { status } });
  }
  return readToken(body, clock.now());
}

/** The signed statement of who asks, by which the platform knows the client. */
async function assertion({ clientId, audience, key }: Identity, now: number): Promise<string> {
  const seconds = Math.floor(now / 1000);
  return await new SignJWT({})
    .setProtectedHeader({
      alg: "EdDSA",
      ...(key.kid === undefined ? {} : { kid: key.kid }),
      nonce: randomBytes(16).toString("hex"),
    })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setIssuedAt(seconds)
    .setNotBefore(seconds - ASSERTION_SECONDS)
    .setExpirationTime(seconds + ASSERTION_SECONDS)
    .sign(key.key);
}

function readToken(body: string, now: number): Token {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    // The parser's own message might show a part of the token.
    throw failed("unavailable", "the platform's token endpoint did not answer JSON");
  }
  const { access_token: value, expires_in: life } = (parsed ?? {}) as Record<string, unknown>;
  if (typeof value !== "string" || value === "" || /[^\x21-\x7e]/.test(value)) {
    throw failed("unavailable", "the platform's token endpoint answered without a token");
  }
  const seconds = Number(life);
  const ms = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : UNSTATED_MS;
  return { value, expiresAt: now + ms, refreshAt: now + ms - Math.min(EARLY_MS, ms / 5) };
}

/** OAuth's own words for a refusal, where there are any. */
function refusalOf(body: string, signed: string): { code?: string; summary?: string } {
  const redacted = (text: string, most: number) => redact(text.slice(0, 10_000), [signed]).slice(0, most);
  try {
    const { error, error_description: words } = JSON.parse(body);
    return {
      ...(typeof error === "string" ? { code: redacted(error, 100) } : {}),
      ...(typeof words === "string" ? { summary: redacted(words, 300) } : {}),
    };
  } catch {
    return {};
  }
}

function failed(
  kind: "unauthenticated" | "unavailable",
  message: string,
  more: Partial<ConstructorParameters<typeof Failure>[0]> = {},
): Failure {
  return new Failure({ kind, message, attempted: `POST ${PATH}`, ...more });
}

/** A network error in words: its message, or its code where the message says nothing. */
function networkWords(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.message || (cause as NodeJS.ErrnoException).code || cause.name;
}

/** How the token endpoint is reached. */
export interface TokenRoute {
  readonly userAgent: string;
  /** Trusted in place of what Node trusts (which `NODE_EXTRA_CA_CERTS` is part of), as PEM. */
  readonly ca?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Posts to the identity's token endpoint. The usual proxy variables apply, but not for this machine itself. */
export function postTokenTo(identity: Identity, route: TokenRoute): PostToken {
  const { host, port } = identity.address;
  const { ca, env = {}, userAgent } = route;
  const proxy = env.https_proxy || env.HTTPS_PROXY;
  const agent = new Agent({
    ...(proxy && !isLoopback(identity.address)
      ? { proxyEnv: { HTTPS_PROXY: proxy, NO_PROXY: env.no_proxy || env.NO_PROXY } }
      : {}),
  });
  return (form, ended) =>
    new Promise((resolve, reject) => {
      const body = form.toString();
      const sent = request(
        {
          agent,
          host,
          port,
          path: PATH,
          method: "POST",
          ...(ca === undefined ? {} : { ca }),
          headers: {
            "content-type": "application/x-www-form-urlencoded",
            "content-length": Buffer.byteLength(body),
            accept: "application/json",
            "user-agent": userAgent,
          },
          signal: AbortSignal.any([ended, AbortSignal.timeout(TIMEOUT_MS)]),
        },
        (response) => {
          const chunks: Buffer[] = [];
          let length = 0;
          response.on("data", (chunk: Buffer) => {
            length += chunk.length;
            if (length > ANSWER_LIMIT) sent.destroy(new Error("its answer is too long"));
            else chunks.push(chunk);
          });
          response.once("error", reject);
          response.once("end", () => {
            if (!response.complete) reject(new Error("its answer broke off"));
            else resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") });
          });
        },
      );
      sent.once("error", reject);
      sent.end(body);
    });
}
