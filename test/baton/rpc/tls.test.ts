import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { FileCredentials } from "../../../src/baton/rpc/tls.ts";
import { silentLog } from "../../../src/runtime/log/log.ts";
import { CERT, KEY } from "../../sandbox/tls-fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "baton-okta-tls-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string) => join(folder, name);

it("takes changed files up anew, and keeps what it had where they are of no use", () => {
  const files = { cert: path("a.crt"), key: path("a.key") };
  writeFileSync(files.cert, CERT);
  writeFileSync(files.key, KEY);
  const credentials = new FileCredentials(files, silentLog);
  const given: unknown[] = [];
  credentials._addWatcher((context) => given.push(String(context?.cert)));
  credentials.look();
  expect(given).toEqual([]);
  writeFileSync(files.cert, "in the middle of being written");
  credentials.look();
  rmSync(files.cert);
  credentials.look();
  expect(given).toEqual([]);
  writeFileSync(files.cert, `${CERT}\n`);
  credentials.look();
  expect(given).toEqual([`${CERT}\n`]);
  credentials.close();
});

it.each([
  ["no file", "none.crt", /cannot be read/],
  ["no certificate", "bad.crt", /no certificate and its key/],
])("is refused at the start with %s", (_, name, why) => {
  writeFileSync(path("bad.crt"), "nothing");
  writeFileSync(path("b.key"), KEY);
  expect(() => new FileCredentials({ cert: path(name), key: path("b.key") }, silentLog)).toThrow(why);
});

it.each([
  ["", /the clients' CA .*ca\.crt is empty/],
  [" \n", /is empty/],
  ["nothing", /holds no certificate in PEM form/],
  [KEY, /holds no certificate in PEM form/],
])("is refused at the start with a clients' CA that is none: %j", (text, why) => {
  writeFileSync(path("a.crt"), CERT);
  writeFileSync(path("a.key"), KEY);
  writeFileSync(path("ca.crt"), text);
  const files = { cert: path("a.crt"), key: path("a.key"), clientCa: path("ca.crt") };
  expect(() => new FileCredentials(files, silentLog)).toThrow(why);
});
