import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { Connections } from "../../../src/runtime/http/connections.ts";

const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server with bounded connections, and how to open one: both its ends. */
async function bounded(max: number, silentMs = 60_000) {
  const connections = new Connections({ max, silentMs });
  const taken: Socket[] = [];
  const server = createServer((socket) => {
    taken.push(socket);
    connections.add(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    connections.end("all");
    server.close();
  });
  const { port } = server.address() as { port: number };
  return {
    connections,
    async open() {
      const came = once(server, "connection");
      const client = connect(port, "127.0.0.1");
      client.on("error", () => {});
      await came;
      return { client, socket: taken.at(-1)! };
    },
  };
}

test("those that show nothing give way, the first of them first, and those that were let in stay", async () => {
  const { connections, open } = await bounded(3);
  const admitted = await open();
  connections.rise(admitted.socket, "admitted");
  const [first, second] = [await open(), await open()];
  const next = await open();
  expect([first.socket.destroyed, second.socket.destroyed]).toEqual([true, false]);
  connections.rise(second.socket, "seen");
  await open();
  expect([next.socket.destroyed, second.socket.destroyed, admitted.socket.destroyed]).toEqual([true, false, false]);
  connections.end("silent");
  expect([second.socket.destroyed, admitted.socket.destroyed]).toEqual([false, false]);
});

test("where all were let in a new one is refused", async () => {
  const { connections, open } = await bounded(1);
  const one = await open();
  connections.rise(`127.0.0.1:${one.client.localPort}`, "admitted");
  expect((await open()).socket.destroyed).toBe(true);
  expect(one.socket.destroyed).toBe(false);
  connections.settle(one.socket);
  expect((await open()).socket.destroyed).toBe(false);
});

test("one that is silent for too long is ended", async () => {
  const { open } = await bounded(10, 10);
  const { client } = await open();
  client.resume();
  await once(client, "close");
});
