import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readPrivateKey } from "../../../../src/okta/api/auth/private-key.ts";
import { isFailure } from "../../../../src/runtime/failure.ts";
import { Secret } from "../../../../src/runtime/secrets/secret.ts";
import { rejection } from "../okta-server.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pkcs8 = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const pkcs1 = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
const jwk = privateKey.export({ format: "jwk" });
const same = privateKey.export({ format: "jwk" }).d!;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "key-"));
  await writeFile(join(folder, "key.pem"), pkcs8);
  await writeFile(join(folder, "key.json"), JSON.stringify({ keys: [{ ...jwk, kid: "k2" }] }));
  await writeFile(join(folder, "note.txt"), "nothing of the sort");
});
afterAll(() => rm(folder, { recursive: true }));

const read = (text: string) => readPrivateKey(new Secret(text));

describe("readPrivateKey", () => {
  test.each([
    ["PKCS#8", pkcs8],
    ["PKCS#1", pkcs1],
    ["newlines written as \\n", pkcs8.replaceAll("\n", "\\n")],
    ["newlines written as \\r\\n, PKCS#1", pkcs1.replaceAll("\n", "\\r\\n")],
    ["Windows newlines", pkcs8.replaceAll("\n", "\r\n")],
    ["newlines lost to spaces", pkcs8.replaceAll("\n", " ")],
    ["quotes around it", `"${pkcs8.replaceAll("\n", "\\n")}"`],
    ["text before it", `Bag Attributes\n${pkcs8}`],
    ["JWK", JSON.stringify(jwk)],
    ["JWK over lines", JSON.stringify(jwk, null, 2)],
  ])("%s", async (_, text) => {
    const { key } = await read(text);
    expect(key.export({ format: "jwk" }).d).toBe(same);
  });

  test("a JWK names its key id", async () => {
    expect(await read(JSON.stringify({ ...jwk, kid: "k1" }))).toMatchObject({ keyId: "k1" });
    expect(await read(JSON.stringify(jwk))).not.toHaveProperty("keyId");
  });

  test("a file with PEM or a JWK set", async () => {
    expect((await read(join(folder, "key.pem"))).key.export({ format: "jwk" }).d).toBe(same);
    expect(await read(join(folder, "key.json"))).toMatchObject({ keyId: "k2" });
  });

  test.each([
    ["nothing", " "],
    ["a public key", publicKey.export({ type: "spki", format: "pem" }).toString()],
    ["a public JWK", JSON.stringify(publicKey.export({ format: "jwk" }))],
    ["a key cut off", pkcs8.slice(0, 400)],
    ["a corrupt key", pkcs8.replace(/\n.{20}/, "\nAAAAAAAAAAAAAAAAAAAA")],
    ["a key without its frame", pkcs8.split("\n").slice(1, -2).join("")],
    ["an encrypted key", privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" })],
    [
      "a small key",
      generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export({ type: "pkcs8", format: "pem" }),
    ],
    [
      "an EC key",
      generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }),
    ],
    ["no JSON", "{kty: RSA"],
    ["a file that is not there", "/nowhere/key.pem"],
  ])("refuses %s without quoting it", async (_, text) => {
    const error = await rejection(read(text.toString()));
    expect(isFailure(error, "usage")).toBe(true);
    const shown = JSON.stringify([error, (error as Error).message]);
    for (const line of text
      .toString()
      .split("\n")
      .filter((l) => l.length > 30 && !l.includes("-----"))) {
      expect(shown).not.toContain(line.slice(0, 30));
    }
  });

  test("refuses a file that holds something else", async () => {
    expect(isFailure(await rejection(read(join(folder, "note.txt"))), "usage")).toBe(true);
  });
});
