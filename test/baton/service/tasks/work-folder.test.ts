import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { afterEach, expect, it } from "vitest";
import { workFolder } from "../../../../src/baton/service/tasks/work-folder.ts";
import { closeRigs, temporary } from "../rig.ts";

afterEach(closeRigs);

const [ONE, OTHER] = ["1".repeat(27), "2".repeat(27)];

it("stays where a task has begun in it, however others end or clean up", () => {
  const temp = temporary();
  const folder = workFolder("client", temp);
  const sameClient = workFolder("client", temp);
  const otherClient = workFolder("other", temp);
  folder.fileOf(ONE, "binding");
  const file = folder.fileOf(OTHER, "binding");
  folder.remove(ONE);
  sameClient.fileOf(ONE, "binding");
  sameClient.remove(ONE);
  for (const one of [folder, sameClient, otherClient]) one.sweep(new Set(), true, Date.now());
  writeFileSync(file, "");
  expect(existsSync(file)).toBe(true);
});

it("keeps a task's snapshot from other processes of the same client until the task has ended", () => {
  const temp = temporary();
  const folder = workFolder("client", temp);
  const sameClient = workFolder("client", temp);
  const file = folder.fileOf(ONE, "binding");
  // Finished and being uploaded: no syncer has a lock on it any more.
  writeFileSync(file, "snapshot");
  expect(sameClient.sweep(new Set(), true, Date.now())).toEqual([]);
  expect(() => sameClient.fileOf(ONE, "binding")).toThrow("another process");
  expect(existsSync(file)).toBe(true);
  folder.remove(ONE);
  expect(readdirSync(temp)).toEqual([]);
  expect(sameClient.fileOf(ONE, "binding")).toBe(file);
});
