import { isIPv6 } from "node:net";

/** Under which names the page may be asked for. */
export interface Origins {
  /** Values of `Host`. */
  readonly hosts: ReadonlySet<string>;
  /** Values of `Origin` that requests that change something may have. */
  readonly origins: ReadonlySet<string>;
  /** The one that is shown to people, as `http://127.0.0.1:8080`. */
  readonly shown: string;
}

/** What the page listens on, and as what it is known. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  /** Where whatever stands in front serves it, as `https://access.acme.example`. */
  readonly publicUrl: URL | undefined;
}

/** Names that only this machine has for itself. */
const OWN_NAMES = ["127.0.0.1", "localhost", "[::1]"];

/**
 * The names that a page has. Any other `Host` is that of a page elsewhere whose name was pointed here (DNS rebinding). A
 * proxy on the same machine may ask with either name.
 */
export function originsOf({ host, port, publicUrl }: Listening): Origins {
  const name = isIPv6(host) ? `[${host}]` : host;
  const local = isLoopbackName(host);
  const own = local ? [...new Set([...OWN_NAMES, name])] : [name];
  const direct = own.flatMap((one) => (port === 80 ? [one, `${one}:80`] : [`${one}:${port}`]));
  const hosts = new Set(publicUrl === undefined ? direct : [...(local ? direct : []), ...hostsOf(publicUrl)]);
  const plain = port === 80 ? "" : `:${port}`;
  const origins = publicUrl === undefined ? own.map((one) => `http://${one}${plain}`) : [publicUrl.origin];
  return { hosts, origins: new Set(origins), shown: publicUrl?.origin ?? `http://${name}${plain}` };
}

/** A host with and without the port that its scheme has anyway. */
function hostsOf({ host, hostname, port, protocol }: URL): string[] {
  return port === "" ? [host, `${hostname}:${protocol === "https:" ? 443 : 80}`] : [host];
}

function isLoopbackName(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
