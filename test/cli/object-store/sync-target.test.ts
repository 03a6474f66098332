import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { syncTarget } from "../../../src/cli/object-store/sync-target.ts";
import { broken, type HostileStore, hostileStore } from "../../hostile/object-store.ts";
import { type ObjectServer, objectServer } from "../../runtime/object-store/server.ts";

const folder = mkdtempSync(join(tmpdir(), "sync-target-"));
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

const open = async (name: string) => {
  const env = { ...server.env, AWS_ENDPOINT_URL: hostile.url };
  return (await syncTarget(`s3://${server.bucket}/${name}.c1z`, env, folder))!;
};

it("goes when it was delivered, and stays where a later one was not", async () => {
  const target = await open("later");
  await target.fetch();
  writeFileSync(target.file, "first");
  await target.deliver();
  writeFileSync(target.file, "the second");
  hostile.fault = broken;
  await expect(target.deliver()).rejects.toThrow(`the snapshot is kept in ${target.file}`);
  hostile.fault = () => false;
  target.done();
  expect(readFileSync(target.file, "utf8")).toBe("the second");

  const next = await open("later");
  await next.fetch();
  expect(readFileSync(next.file, "utf8")).toBe("the second");
  await next.deliver();
  next.done();
  expect(existsSync(next.file)).toBe(false);
});

it("is brought again where the process ended after it was delivered: somebody else may have added to it", async () => {
  const killed = await open("killed");
  // The lock of a process that was killed is gone: this one takes none.
  writeFileSync(killed.file, "ours");
  await killed.deliver();
  const elsewhere = join(folder, "elsewhere");
  writeFileSync(elsewhere, "ours and theirs");
  const { openObjectStore } = await import("../../../src/runtime/object-store/s3.ts");
  const store = openObjectStore(server.env);
  await store.put(elsewhere, { bucket: server.bucket, key: "killed.c1z" });
  store.close();

  const next = await open("killed");
  await next.fetch();
  expect(readFileSync(next.file, "utf8")).toBe("ours and theirs");
  next.done();
});

it("is written by one process at a time: what the second brings would take the place of what the first has read", async () => {
  const [first, second] = [await open("both"), await open("both")];
  await first.fetch();
  writeFileSync(first.file, "read meanwhile");
  await expect(second.fetch()).rejects.toMatchObject({ kind: "failedPrecondition" });
  second.done();
  expect(readFileSync(first.file, "utf8")).toBe("read meanwhile");
  await first.deliver();
  first.done();
  await second.fetch();
  second.done();
});
