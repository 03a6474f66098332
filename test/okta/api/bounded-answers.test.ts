import net from "node:net";
import zlib from "node:zlib";
import { describe, expect, test } from "vitest";
import { MAX_BODY_BYTES } from "../../../src/okta/api/http/transport.ts";
import { sendEndless } from "../../hostile/bodies.ts";
import { FastClock } from "./fake-clock.ts";
import { aCall, atEnd, clientOf, oktaError, rejection, serve } from "./okta-server.ts";

const PATH = "/api/v1/users?limit=200";

/** A server that answers each connection with these bytes, whatever it is asked. */
async function answering(bytes: string): Promise<{ url: string; asked: () => number; open: () => number }> {
  let asked = 0;
  let open = 0;
  const server = net.createServer((socket) => {
    open++;
    socket.once("close", () => open--);
    socket.on("error", () => {});
    socket.on("data", () => {
      asked++;
      socket.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  atEnd(() => void server.close());
  return { url: `http://127.0.0.1:${port}`, asked: () => asked, open: () => open };
}

describe("a body without bound", () => {
  test("is given up as soon as it is too large, at once and not asked for again", async () => {
    let sent = 0;
    const server = await serve((_, response) => sendEndless(response, (bytes) => (sent += bytes)));
    const error = await rejection(clientOf(server.url).list(PATH, aCall()));
    expect(error).toMatchObject({
      kind: "resourceExhausted",
      message: expect.stringMatching(/is too large: more than 32 MiB$/),
    });
    expect(server.seen).toHaveLength(1);
    expect(sent).toBeLessThan(2 * MAX_BODY_BYTES);
  });

  test("that says its length is not even read", async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { "content-length": String(2 ** 40) });
      response.write("[");
    });
    expect(await rejection(clientOf(server.url).list(PATH, aCall()))).toMatchObject({ kind: "resourceExhausted" });
  });

  test.each([
    ["gzip", zlib.gzipSync],
    ["deflate", zlib.deflateSync],
  ])("that comes as %s is not unpacked whole", async (encoding, pack) => {
    const bomb = pack(Buffer.alloc(2 * MAX_BODY_BYTES, 0x20));
    const server = await serve((_, response) => {
      response.writeHead(200, { "content-encoding": encoding });
      response.end(bomb);
    });
    const before = process.memoryUsage().arrayBuffers;
    expect(await rejection(clientOf(server.url).list(PATH, aCall()))).toMatchObject({
      kind: "resourceExhausted",
      message: expect.stringMatching(/more than 32 MiB once unpacked$/),
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(3 * MAX_BODY_BYTES);
    expect(server.seen).toHaveLength(1);
  });

  test("a large page is no such body", async () => {
    const page = JSON.stringify(Array.from({ length: 200 }, (_, id) => ({ id, profile: "x".repeat(50_000) })));
    const server = await serve((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      response.end(zlib.gzipSync(page));
    });
    expect((await clientOf(server.url).list(PATH, aCall())).items).toHaveLength(200);
  });
});

describe("an odd answer is told at once", () => {
  test("more header bytes than are read", async () => {
    const server = await serve((_, response) => response.writeHead(200, { "x-long": "x".repeat(40_000) }).end("[]"));
    expect(await rejection(clientOf(server.url).list(PATH, aCall()))).toMatchObject({
      kind: "failedPrecondition",
      message: expect.stringContaining("the headers of an answer"),
    });
    expect(server.seen).toHaveLength(1);
  });

  test.each([
    ["101", "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n", "HTTP 101"],
    ["102 again and again", "HTTP/1.1 102 Processing\r\n\r\n".repeat(30), "HTTP 102 again and again"],
  ])("%s", async (_, bytes, words) => {
    const server = await answering(bytes);
    expect(await rejection(clientOf(server.url).list(PATH, aCall()))).toMatchObject({
      kind: "failedPrecondition",
      message: expect.stringContaining(words),
    });
    expect(server.asked()).toBe(1);
    // A connection that stays open would keep the program from ending.
    await expect.poll(() => server.open()).toBe(0);
  });

  test("100 and 103 before an answer are nothing", async () => {
    const early = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n";
    const server = await answering(`${early}HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]`);
    expect((await clientOf(server.url).list(PATH, aCall())).items).toEqual([]);
  });

  test.each([201, 202, 204, 206, 226, 299, 300, 304, 399, 402, 418, 499, 599, 600, 999])("%d", async (status) => {
    const server = await answering(`HTTP/1.1 ${status} Odd\r\ncontent-length: 0\r\n\r\n`);
    const error = await rejection(clientOf(server.url, { clock: new FastClock() }).list(PATH, aCall()));
    expect((error as Error).message).toContain(`HTTP ${status}`);
    expect(server.asked()).toBe(1);
  });

  test("206 with a part of a list is no list", async () => {
    const server = await serve((_, response) => response.writeHead(206).end('[{"id":"1"}]'));
    expect(await rejection(clientOf(server.url).list(PATH, aCall()))).toMatchObject({ kind: "failedPrecondition" });
    const wrong = await serve((_, response) => response.writeHead(401).end(JSON.stringify(oktaError("E0000011", "x"))));
    expect(await rejection(clientOf(wrong.url).list(PATH, aCall()))).toMatchObject({ kind: "unauthenticated" });
  });
});
