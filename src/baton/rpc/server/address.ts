import { Failure } from "../../../runtime/failure.ts";

/** Takes an address to listen on apart: `host:port`, `[host]:port` or `:port`, which means all addresses. */
export function parseListen(listen: string): { host: string; port: number } {
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(listen);
  const port = Number(parts?.[3]);
  if (!parts || port > 65_535) {
    throw new Failure({
      kind: "usage",
      message: `${JSON.stringify(listen)} is no address to listen on`,
      advice: "write it as 127.0.0.1:50051",
    });
  }
  return { host: parts[1] || parts[2] || "0.0.0.0", port };
}

/** Whether only programs of the same machine reach the address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
