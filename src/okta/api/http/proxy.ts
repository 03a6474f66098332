import { Failure } from "../../../runtime/failure.ts";
import type { OktaOrigin } from "./domain.ts";

/** Proxy settings as `http.Agent` takes them. */
export interface ProxyEnv {
  readonly [name: string]: string | undefined;
  readonly HTTP_PROXY?: string;
  readonly HTTPS_PROXY?: string;
  readonly NO_PROXY?: string;
}

/**
 * The proxy settings for an origin, from the usual environment variables in upper or lower case; `undefined` where no
 * proxy applies. This machine itself is never reached through a proxy, whose loopback would be another machine's.
 * Throws a `usage` {@link Failure} where a variable is not the address of an HTTP proxy.
 */
export function proxyFor(origin: OktaOrigin, env: Readonly<Record<string, string | undefined>>): ProxyEnv | undefined {
  const name = origin.secure ? "HTTPS_PROXY" : "HTTP_PROXY";
  const given = pick(env, name);
  if (given === undefined || origin.loopback) {
    return undefined;
  }
  const proxy = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `http://${given}`;
  const parsed = URL.canParse(proxy) ? new URL(proxy) : undefined;
  if (parsed === undefined || (parsed.protocol !== "http:" && parsed.protocol !== "https:") || parsed.hostname === "") {
    throw new Failure({
      kind: "usage",
      message: `${name} is not the address of an HTTP proxy`,
      advice: "give it as http://proxy.example.com:3128, or unset it",
    });
  }
  const exceptions = pick(env, "NO_PROXY");
  return { [name]: proxy, ...(exceptions === undefined ? {} : { NO_PROXY: exceptions }) };
}

function pick(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  for (const key of [name.toLowerCase(), name]) {
    const value = env[key]?.trim();
    if (value) {
      return value;
    }
  }
  return undefined;
}
