import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { Connector } from "../../../src/baton/connector.ts";
import { BearerCheck } from "../../../src/baton/rpc/server/bearer.ts";
import type { RpcServer } from "../../../src/baton/rpc/server/server.ts";
import { ConnectorService } from "../../../src/gen/c1/connector/v2/connector_pb.ts";
import { Health } from "../../../src/gen/grpc/health/v1/health_pb.ts";
import { CERT, KEY } from "../../sandbox/tls-fixture.ts";
import { Caller } from "./caller.ts";
import { serveConnector } from "./serve.ts";

const connector: Connector = { metadata: { displayName: "x", description: "x" }, types: [], validate: async () => {} };
const open: (() => void)[] = [];

afterEach(() => {
  for (const close of open.splice(0).reverse()) close();
});

async function silent({ address }: RpcServer): Promise<Socket> {
  const socket = connect(Number(address.split(":").at(-1)), "127.0.0.1");
  socket.on("error", () => {});
  socket.resume();
  open.push(() => socket.destroy());
  await once(socket, "connect");
  return socket;
}

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "baton-connections-"));
  open.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function serving(more: Parameters<typeof serveConnector>[1] = {}) {
  const server = await serveConnector(connector, more);
  const client = new Caller(server.address);
  open.push(
    () => server.kill(),
    () => client.close(),
  );
  return { server, client };
}

it("stops although somebody holds a connection open over which not even a handshake comes", async () => {
  const folder = temporary();
  const tls = { cert: join(folder, "tls.crt"), key: join(folder, "tls.key") };
  writeFileSync(tls.cert, CERT);
  writeFileSync(tls.key, KEY);
  const { server } = await serving({ tls });
  const socket = await silent(server);
  const closed = once(socket, "close");
  await server.stop();
  await closed;
});

it("ends a connection over which nothing comes, and leaves one with calls alone", async () => {
  const { server, client } = await serving({ silentMs: 50 });
  const { getMetadata } = ConnectorService.method;
  await client.call(getMetadata, {});
  const socket = await silent(server);
  await once(socket, "close");
  expect((await client.call(getMetadata, {})).metadata?.displayName).toBe("x");
});

it("ends a connection whose calls are not let in, and answers health all the while", async () => {
  const folder = temporary();
  writeFileSync(join(folder, "token"), "secret");
  const { server, client } = await serving({ silentMs: 50, authTokenFile: join(folder, "token") });
  const session = connectHttp2(`http://${server.address}`);
  session.on("error", () => {});
  open.push(() => session.destroy());
  const call = session.request({
    ":method": "POST",
    ":path": "/c1.connector.v2.ConnectorService/GetMetadata",
    "content-type": "application/grpc",
    te: "trailers",
  });
  call.on("error", () => {});
  call.end(Buffer.alloc(5));
  await once(session, "close");
  expect(await client.call(Health.method.check, { service: "" })).toMatchObject({ status: 1 });
});

it("lets a client have no more than a hundred calls under way over one connection", async () => {
  const { server } = await serving();
  const session = connectHttp2(`http://${server.address}`);
  open.push(() => session.destroy());
  await once(session, "remoteSettings");
  expect(session.remoteSettings.maxConcurrentStreams).toBe(100);
});

it("takes each token of the file, and those of a changed one from then on", async () => {
  const folder = temporary();
  const file = join(folder, "token");
  let now = 0;
  writeFileSync(file, "old\n  new \r\n\n");
  const check = new BearerCheck(file, { now: () => now } as never);
  await check.check("Bearer old");
  await check.check("Bearer new");
  for (const wrong of ["Bearer ol", "Bearer", undefined, "Bearer old\nnew"]) {
    await expect(check.check(wrong)).rejects.toThrow("bearer token");
  }
  writeFileSync(file, "new\nnewer");
  now += 1_000;
  await check.check("Bearer newer");
  await expect(check.check("Bearer old")).rejects.toThrow("not accepted");
});
