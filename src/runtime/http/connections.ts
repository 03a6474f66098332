import type { Socket } from "node:net";

/**
 * What is known of a connection. `silent`: nothing of use has come over it yet; it is ended after a while. `seen`: it
 * may stay as long as there is room. `admitted`: it never gives way.
 */
export type ConnectionStanding = "silent" | "seen" | "admitted";

/** What connections are bounded by. */
export interface ConnectionLimits {
  /** How many there may be at a time. */
  readonly max: number;
  /** How long one may be silent, in milliseconds. */
  readonly silentMs: number;
}

interface Entry {
  standing: ConnectionStanding;
  readonly timer: NodeJS.Timeout;
}

/**
 * The connections of a server, bounded so that those who only hold them open keep nobody out: where there are too many,
 * the silent one that came first gives way, then one that was only seen.
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #entries = new Map<Socket, Entry>();
  /** By where they come from, as `127.0.0.1:41234`. */
  readonly #peers = new Map<string, Socket>();
  readonly #empty: (() => void)[] = [];

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /** Takes a connection in; where all others were admitted and there is no room, it is ended and `false` answered. */
  add(socket: Socket): boolean {
    socket.on("error", () => {});
    if (this.#entries.size >= this.#limits.max && !this.#makeRoom()) {
      socket.destroy();
      return false;
    }
    const timer = setTimeout(() => {
      if (this.#entries.get(socket)?.standing === "silent") socket.destroy();
    }, this.#limits.silentMs);
    timer.unref();
    const peer = peerOf(socket);
    this.#entries.set(socket, { standing: "silent", timer });
    this.#peers.set(peer, socket);
    socket.once("close", () => {
      this.#forget(socket);
      if (this.#peers.get(peer) === socket) this.#peers.delete(peer);
    });
    return true;
  }

  /** Notes what a connection has shown, by itself or by where it comes from, as `127.0.0.1:41234`. ConnectionStanding only rises. */
  rise(of: Socket | string, standing: "seen" | "admitted"): void {
    const socket = typeof of === "string" ? this.#peers.get(of) : of;
    const entry = socket && this.#entries.get(socket);
    if (entry === undefined || entry.standing === "admitted") return;
    clearTimeout(entry.timer);
    entry.standing = standing;
  }

  /** A request of the connection is over: from now on it gives way again. */
  settle(socket: Socket): void {
    const entry = this.#entries.get(socket);
    if (entry !== undefined) entry.standing = "seen";
  }

  /** Ends those that are silent, or all. */
  end(which: "silent" | "all"): void {
    for (const [socket, { standing }] of this.#entries) {
      if (which === "all" || standing === "silent") socket.destroy();
    }
  }

  /** Resolves once there are none. */
  empty(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#entries.size === 0) resolve();
      else this.#empty.push(resolve);
    });
  }

  #makeRoom(): boolean {
    for (const standing of ["silent", "seen"]) {
      for (const [socket, entry] of this.#entries) {
        if (entry.standing !== standing) continue;
        this.#forget(socket);
        socket.destroy();
        return true;
      }
    }
    return false;
  }

  #forget(socket: Socket): void {
    clearTimeout(this.#entries.get(socket)?.timer);
    this.#entries.delete(socket);
    if (this.#entries.size > 0) return;
    for (const resolve of this.#empty.splice(0)) resolve();
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}:${remotePort}`;
}
