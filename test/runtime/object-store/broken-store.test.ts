import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { parseObjectAddress } from "../../../src/runtime/object-store/address.ts";
import { openObjectStore } from "../../../src/runtime/object-store/s3.ts";
import { broken, type HostileStore, hostileStore, internalError } from "../../hostile/object-store.ts";
import { type ObjectServer, objectServer } from "./server.ts";

const folder = mkdtempSync(join(tmpdir(), "broken-store-"));
const [small, large] = [join(folder, "small"), join(folder, "large")];
writeFileSync(small, "the old one");
writeFileSync(large, randomBytes(17 * 2 ** 20));
let server: ObjectServer;
let hostile: HostileStore;
beforeAll(async () => {
  server = await objectServer();
  hostile = await hostileStore(server.env.AWS_ENDPOINT_URL!);
});
afterAll(async () => {
  await hostile.close();
  await server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  hostile.fault = () => false;
});

const place = () => parseObjectAddress(`s3://${server.bucket}/acme.c1z`);
const open = () => openObjectStore({ ...server.env, AWS_ENDPOINT_URL: hostile.url });
const isPart = (url = "", number: number) => url.includes(`partNumber=${number}&`);

it("tries again what failed for a moment", async () => {
  const store = open();
  let failures = 0;
  hostile.fault = (incoming, response) =>
    isPart(incoming.url, 2) && failures++ < 2 ? (failures === 1 ? internalError(response) : broken(incoming)) : false;
  await store.put(large, place());
  expect(failures).toBeGreaterThan(2);
  const back = join(folder, "back");
  expect(await store.get(place(), back)).toBe(true);
  expect(readFileSync(back).equals(readFileSync(large))).toBe(true);
  store.close();
});

it.each([
  ["breaks", (incoming: Parameters<typeof broken>[0]) => broken(incoming)],
  ["is refused", (_: unknown, response: Parameters<typeof internalError>[0]) => internalError(response)],
] as const)("leaves the old object, and no parts, where an upload %s in the middle", async (_what, fail) => {
  const store = open();
  await store.put(small, place());
  hostile.fault = (incoming, response) => isPart(incoming.url, 2) && fail(incoming as never, response as never);
  const before = hostile.requests.length;
  await expect(store.put(large, place())).rejects.toMatchObject({ kind: "unavailable" });
  hostile.fault = () => false;
  expect(hostile.requests.slice(before).filter((one) => /^DELETE .*uploadId=/.test(one))).toHaveLength(1);
  const back = join(folder, "old");
  expect(await store.get(place(), back)).toBe(true);
  expect(readFileSync(back, "utf8")).toBe("the old one");
  store.close();
});

it("leaves nothing here of an object that did not come whole", async () => {
  const store = open();
  await store.put(large, place());
  hostile.fault = (incoming, response) => {
    if (incoming.method !== "GET") return false;
    response.writeHead(200, { "content-length": String(17 * 2 ** 20) });
    response.write(randomBytes(2 ** 20), () => response.destroy());
    return true;
  };
  const path = join(folder, "half");
  await expect(store.get(place(), path)).rejects.toMatchObject({ kind: "unavailable" });
  expect(existsSync(path)).toBe(false);
  expect(readdirSync(folder).filter((name) => name.startsWith("half"))).toEqual([]);
  store.close();
});

it("does not take for a missing object what a store does not find out", async () => {
  const store = open();
  hostile.fault = (_incoming, response) => internalError(response);
  await expect(store.get(place(), join(folder, "none"))).rejects.toMatchObject({ kind: "unavailable" });
  store.close();
});
