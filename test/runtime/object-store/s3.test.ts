import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseObjectAddress, within } from "../../../src/runtime/object-store/address.ts";
import { openObjectStore } from "../../../src/runtime/object-store/s3.ts";
import { type ObjectServer, objectServer, VERSITY, versityServer } from "./server.ts";

const folder = mkdtempSync(join(tmpdir(), "store-"));
afterAll(() => rmSync(folder, { recursive: true }));

let server: ObjectServer;
const at = (name: string) => parseObjectAddress(`s3://${server.bucket}/days/${name}`);

/** A server that answers every request so. */
async function answering(status: number, body = ""): Promise<{ server: Server; url: string }> {
  const stub = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.writeHead(status, { "content-type": "application/xml" }).end(body));
  });
  await new Promise<void>((resolve) => stub.listen(0, "127.0.0.1", resolve));
  return { server: stub, url: `http://127.0.0.1:${(stub.address() as AddressInfo).port}` };
}

interface Judge {
  readonly name: string;
  readonly start?: () => Promise<ObjectServer>;
  /** What has to be there to ask it. */
  readonly lacking: string;
}

const JUDGES: readonly Judge[] = [
  { name: "s3rver", start: objectServer, lacking: "" },
  {
    name: "versitygw, which checks signatures and checksums as AWS does",
    ...(VERSITY !== undefined && { start: () => versityServer(VERSITY!) }),
    lacking: "needs go install github.com/versity/versitygw/cmd/versitygw@v1.8.0, or its path in VERSITYGW",
  },
];

describe.each(JUDGES)("an object store: $name", ({ start, lacking }) => {
  describe.skipIf(start === undefined)(start === undefined ? lacking : "is there", () => speaksS3(start!));
});

function speaksS3(start: () => Promise<ObjectServer>): void {
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.close());

  it.each([
    ["an empty file", 0],
    ["a small one", 1000],
    ["one of several parts", 9 * 2 ** 20],
  ])("gives back %s as it was put", async (_what, bytes) => {
    const store = openObjectStore(server.env);
    const [from, to] = [join(folder, `from-${bytes}`), join(folder, `to-${bytes}`)];
    const content = randomBytes(bytes);
    writeFileSync(from, content);
    await store.put(from, at(`file-${bytes}`));
    expect(await store.get(at(`file-${bytes}`), to)).toBe(true);
    expect(readFileSync(to).equals(content)).toBe(true);
    store.close();
  });

  it("says that there is none where there is none, and leaves nothing", async () => {
    const store = openObjectStore(server.env);
    expect(await store.get(at("nothing"), join(folder, "nothing"))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.startsWith("nothing"))).toEqual([]);
    store.close();
  });

  it("says what is refused or missing, and no secret", async () => {
    const file = join(folder, "small");
    writeFileSync(file, "x");
    const wrong = openObjectStore({ ...server.env, ...server.refused });
    const refused = await wrong.put(file, at("x")).catch((error) => error);
    expect(refused).toMatchObject({ kind: "failedPrecondition" });
    expect(JSON.stringify(refused) + refused.stack + refused.advice).not.toContain("s3cret-s3cret");
    const store = openObjectStore(server.env);
    await expect(store.put(file, parseObjectAddress("s3://other-bucket/x"))).rejects.toMatchObject({
      kind: "notFound",
    });
    wrong.close();
    store.close();
  });

  it("does not take for written what the store does not give back", async () => {
    const liar = await answering(200);
    const store = openObjectStore({ ...server.env, AWS_ENDPOINT_URL: liar.url });
    const file = join(folder, "liar");
    writeFileSync(file, "content");
    await expect(store.put(file, at("x"))).rejects.toMatchObject({ kind: "unavailable" });
    expect(existsSync(file)).toBe(true);
    store.close();
    liar.server.close();
  });
}

describe("its addresses", () => {
  it("are a bucket and a key", () => {
    expect(parseObjectAddress("s3://lake/okta/acme/")).toEqual({ bucket: "lake", key: "okta/acme" });
    expect(within(parseObjectAddress("s3://lake"), "grants.parquet")).toEqual({
      bucket: "lake",
      key: "grants.parquet",
    });
  });

  it.each(["s3://", "s3:///x", "s3://a b/x", "s3://lake/../x", "file"])("are not %s", (text) => {
    expect(() => parseObjectAddress(text)).toThrow("no place in an object store");
  });
});
