import { Failure } from "../../../runtime/failure.ts";

/** Where an org lives. Everything this program sends goes there and nowhere else. */
export interface OktaOrigin {
  /** As a browser writes it: `https://acme.okta.com`, without a slash at the end. */
  readonly url: string;
  /** Host name without port and without the brackets of an IPv6 address. */
  readonly hostname: string;
  readonly port: number;
  readonly secure: boolean;
  /** Whether the host is this machine: plain HTTP is allowed, proxies and compression are left out. */
  readonly loopback: boolean;
}

const EXAMPLE = "give the org's host, as acme.okta.com";

/**
 * Reads what a person gave as the org's domain: a host, an `https://` URL with or without a slash at the end, with or
 * without a port. Throws a `usage` {@link Failure} for everything else: a path, query, fragment or user name, and plain
 * HTTP to any host but this machine.
 */
export function parseDomain(text: string): OktaOrigin {
  const given = text.trim();
  if (given === "") {
    throw refuse("the Okta domain is empty");
  }
  if (/[\s\\]/.test(given) || hasControlCharacter(given)) {
    throw refuse("the Okta domain contains spaces or other characters that no host has");
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(given)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== "https" && scheme !== "http") {
    throw refuse(`the Okta domain starts with ${scheme}://, only https:// is spoken`);
  }
  const rest = scheme === undefined ? given : given.slice(scheme.length + 3);
  // Looked for in the text as well, since a URL parser drops an empty user, query or fragment without a word.
  if (rest.includes("@")) {
    throw refuse("the Okta domain contains a user name or an @", `${EXAMPLE}; credentials have flags of their own`);
  }
  if (rest.includes("?")) {
    throw refuse("the Okta domain contains a query");
  }
  if (rest.includes("#")) {
    throw refuse("the Okta domain contains a fragment");
  }
  const slash = rest.indexOf("/");
  if (slash >= 0 && slash < rest.length - 1) {
    throw refuse("the Okta domain contains a path");
  }
  return resolve(slash < 0 ? rest : rest.slice(0, slash), scheme);
}

function resolve(host: string, scheme: "https" | "http" | undefined): OktaOrigin {
  let url: URL;
  try {
    url = new URL(`${scheme ?? "https"}://${host}`);
  } catch (cause) {
    throw refuse(`the Okta domain is not a host: ${JSON.stringify(host)}`, EXAMPLE, cause);
  }
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const loopback = isLoopback(hostname);
  const secure = url.protocol === "https:";
  if (!/^[a-z0-9._:-]+$/i.test(hostname) || /^[.-]|\.\./.test(hostname) || host.endsWith(":") || url.port === "0") {
    throw refuse(`the Okta domain is not a host: ${JSON.stringify(host)}`);
  }
  if (!secure && !loopback) {
    throw refuse("the Okta domain asks for plain http", "use https://; plain http is for this machine only");
  }
  if (/-admin\.(okta|oktapreview|okta-emea|okta-gov|okta-mil|trexcloud)\.(com|mil)$/i.test(hostname)) {
    const org = hostname.replace(/-admin\./, ".");
    throw refuse(`${hostname} is the address of the admin console`, `give the org's own host: ${org}`);
  }
  return {
    url: url.origin,
    hostname,
    port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
    secure,
    loopback,
  };
}

/** Whether a host name is this machine: `localhost`, `127.0.0.0/8` or `::1`. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}

function hasControlCharacter(text: string): boolean {
  return [...text].some((c) => c.charCodeAt(0) < 0x20 || c.charCodeAt(0) === 0x7f);
}

function refuse(message: string, advice = EXAMPLE, cause?: unknown): Failure {
  return new Failure({ kind: "usage", message, advice, cause });
}
