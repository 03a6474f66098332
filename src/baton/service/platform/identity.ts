import { hostname } from "node:os";
import { importJWK, type JWK } from "jose";
import { Failure } from "../../../runtime/failure.ts";
import type { Secret } from "../../../runtime/secrets/secret.ts";

/** Where the platform is: its token endpoint and its gRPC service have the same address. */
export interface PlatformAddress {
  /** Host name or IP address, an IPv6 one without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Who the connector is to a platform. */
export interface Identity {
  readonly clientId: string;
  /** The client id's part before the `@`. */
  readonly name: string;
  /** The client id's host without its port: whom the assertion is for, wherever it is sent. */
  readonly audience: string;
  readonly address: PlatformAddress;
  /** Names the host in every call: 1 to 256 characters. */
  readonly hostId: string;
  readonly key: SigningKey;
}

/** The private key of a client secret. */
export interface SigningKey {
  readonly key: CryptoKey | Uint8Array;
  /** The JWK's own id, where it has one. */
  readonly kid?: string;
}

/** What the environment says of the platform: `BATON_C1_API_HOST` and `BATON_HOST_ID`. */
export type PlatformEnvironment = Readonly<Record<string, string | undefined>>;

const HTTPS_PORT = 443;
const MAX_HOST_ID_LENGTH = 256;

/**
 * Reads a client id and secret. Throws a `usage` {@link Failure} that says what is wrong with which of them, and never
 * shows any of the secret.
 */
export async function readIdentity(
  clientId: string,
  clientSecret: Secret,
  env: PlatformEnvironment,
  machineName: string = hostname(),
): Promise<Identity> {
  const parts = /^([^@]+)@([^/]+)\/(.*)$/s.exec(clientId.trim());
  const own = parts === null ? undefined : parseAddress(parts[2]!);
  if (parts === null || own === undefined) {
    throw new Failure({
      kind: "usage",
      message: `${JSON.stringify(clientId)} is not a client id`,
      advice: "give --client-id as the platform shows it: name@host/path",
    });
  }
  const elsewhere = env.BATON_C1_API_HOST?.trim();
  const address = elsewhere ? parseAddress(elsewhere) : own;
  if (address === undefined) {
    throw new Failure({
      kind: "usage",
      message: `BATON_C1_API_HOST is not a host: ${JSON.stringify(elsewhere)}`,
      advice: "give it as host or host:port, without https:// and without a path",
    });
  }
  return {
    clientId: clientId.trim(),
    name: parts[1]!,
    audience: own.host,
    address,
    hostId: readHostId(env, machineName),
    key: await readKey(clientSecret),
  };
}

/** A host with or without a port, an IPv6 address with a port in brackets; `undefined` where it is none. */
export function parseAddress(text: string): PlatformAddress | undefined {
  const bracketed = /^\[([0-9a-fA-F:.]+)\](?::(\d{1,5}))?$/.exec(text);
  const plain = /^([A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_.])?)(?::(\d{1,5}))?$/.exec(text);
  const found = bracketed ?? plain;
  if (found === null) return undefined;
  const port = found[2] === undefined ? HTTPS_PORT : Number(found[2]);
  return port < 1 || port > 65535 ? undefined : { host: found[1]!, port };
}

/** `host:port`, with the brackets that an IPv6 address needs. */
export function formatAddress({ host, port }: PlatformAddress): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Whether the address is this machine itself, which no proxy is asked for. */
export function isLoopback({ host }: PlatformAddress): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}

function readHostId(env: PlatformEnvironment, machineName: string): string {
  const given = env.BATON_HOST_ID;
  if (given !== undefined && given !== "") {
    if ([...given].length > MAX_HOST_ID_LENGTH) {
      throw new Failure({ kind: "usage", message: `BATON_HOST_ID takes 1 to ${MAX_HOST_ID_LENGTH} characters` });
    }
    return given;
  }
  return [...machineName].slice(0, MAX_HOST_ID_LENGTH).join("") || "unknown";
}

/** The key of `<prefix>:<host>:v1:<base64url JWK>`. */
async function readKey(secret: Secret): Promise<SigningKey> {
  const parts = /^[^:]+:.+:([^:]+):([^:]*)$/s.exec(secret.reveal().trim());
  if (parts === null) throw badSecret("it does not have the form <prefix>:<host>:v1:<key>");
  if (parts[1] !== "v1") throw badSecret("it is of another version than v1");
  if (!/^[A-Za-z0-9_-]+={0,2}$/.test(parts[2]!)) throw badSecret("its key is not base64url");
  let jwk: JWK;
  try {
    jwk = JSON.parse(Buffer.from(parts[2]!, "base64url").toString("utf8"));
  } catch {
    // The parser's own message would show a part of the key.
    throw badSecret("its key is no JWK");
  }
  if (typeof jwk !== "object" || jwk === null) throw badSecret("its key is no JWK");
  if (jwk.kty !== "OKP" || jwk.crv !== "Ed25519") throw badSecret("its key is not an Ed25519 key");
  if (typeof jwk.d !== "string" || jwk.d === "") throw badSecret("its key is a public one");
  try {
    const { d, x } = jwk;
    const key = await importJWK({ kty: "OKP", crv: "Ed25519", d, ...(x === undefined ? {} : { x }) }, "EdDSA");
    return { key, ...(typeof jwk.kid === "string" && jwk.kid !== "" ? { kid: jwk.kid } : {}) };
  } catch {
    throw badSecret("its key is corrupt");
  }
}

function badSecret(why: string): Failure {
  return new Failure({
    kind: "usage",
    message: `the client secret cannot be used: ${why}`,
    advice: "give --client-secret (or BATON_CLIENT_SECRET) exactly as the platform showed it",
  });
}
