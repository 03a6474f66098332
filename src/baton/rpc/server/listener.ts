import { lookup } from "node:dns/promises";
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from "node:net";
import { Failure } from "../../../runtime/failure.ts";

/** What listens for connections. */
export interface Listener {
  /** The port that was taken. */
  readonly port: number;
  /** Takes no more connections. */
  close(): void;
}

/**
 * Listens on all addresses of a host and hands connections on; port 0 takes a free one, the same on each. Throws a
 * {@link Failure} of kind `usage` where it cannot listen on any.
 */
export async function listen(host: string, port: number, take: (socket: Socket) => void): Promise<Listener> {
  const where = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const servers: NetServer[] = [];
  let taken = port;
  let failed: unknown;
  const addresses = await lookup(host, { all: true }).catch((error: unknown) => {
    failed = error;
    return [];
  });
  for (const { address } of addresses) {
    try {
      const server = await listenAt(address, taken, take);
      servers.push(server);
      taken = (server.address() as AddressInfo).port;
    } catch (error) {
      failed = error;
    }
  }
  if (servers.length === 0) {
    const why = failed instanceof Error ? failed.message : "the host has no address";
    throw new Failure({ kind: "usage", message: `cannot listen on ${where}: ${why}`, cause: failed });
  }
  return {
    port: taken,
    close() {
      for (const server of servers) server.close();
    },
  };
}

function listenAt(host: string, port: number, take: (socket: Socket) => void): Promise<NetServer> {
  const server = createServer({ noDelay: true }, take);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      // A connection that could not be taken, as for want of files, is none of the others' business.
      server.on("error", () => {});
      resolve(server);
    });
  });
}
