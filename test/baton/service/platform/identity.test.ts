import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { formatAddress, parseAddress, readIdentity } from "../../../../src/baton/service/platform/identity.ts";
import { isFailure } from "../../../../src/runtime/failure.ts";
import { Secret } from "../../../../src/runtime/secrets/secret.ts";

const JWK = {
  kty: "OKP",
  crv: "Ed25519",
  d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
  x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
};
const secretOf = (jwk: unknown, version = "v1") =>
  new Secret(`secret-token:host.example:${version}:${Buffer.from(JSON.stringify(jwk)).toString("base64url")}`);
const ID = "quiet-otter-123@acme.example/valet";

describe("a client id", () => {
  it.each([
    [ID, {}, "acme.example:443", "acme.example"],
    ["a@acme.example:8443/valet", {}, "acme.example:8443", "acme.example"],
    ["a@[::1]:8443/valet", {}, "[::1]:8443", "::1"],
    [ID, { BATON_C1_API_HOST: "other.example" }, "other.example:443", "acme.example"],
    ["a@acme.example:8443/v", { BATON_C1_API_HOST: "127.0.0.1:50052" }, "127.0.0.1:50052", "acme.example"],
    [ID, { BATON_C1_API_HOST: "" }, "acme.example:443", "acme.example"],
  ])("%s with %j leads to %s, for %s", async (id, env, address, audience) => {
    const identity = await readIdentity(id, secretOf(JWK), env, "machine");
    expect(formatAddress(identity.address)).toBe(address);
    expect(identity.audience).toBe(audience);
    expect(identity.clientId).toBe(id);
  });

  it.each([
    "",
    "acme",
    "name@acme.example",
    "@acme.example/x",
    "name@/x",
    "name@acme example/x",
    "name@a:99999/x",
    "name@https://a/x",
  ])("%j is none", async (id) => {
    const reading = readIdentity(id, secretOf(JWK), {}, "machine");
    await expect(reading).rejects.toMatchObject({ kind: "usage", advice: expect.stringContaining("name@host/path") });
  });

  it("is not led to what is no host", async () => {
    const reading = readIdentity(ID, secretOf(JWK), { BATON_C1_API_HOST: "https://acme.example/" }, "machine");
    await expect(reading).rejects.toMatchObject({
      kind: "usage",
      message: expect.stringContaining("BATON_C1_API_HOST"),
    });
    expect(parseAddress("a b")).toBeUndefined();
  });
});

describe("a client secret", () => {
  it("gives the key, and its id where it has one", async () => {
    expect((await readIdentity(ID, secretOf(JWK), {}, "m")).key.kid).toBeUndefined();
    expect((await readIdentity(ID, secretOf({ ...JWK, kid: "k" }), {}, "m")).key.kid).toBe("k");
  });

  it.each([
    ["of another form", new Secret("nothing")],
    ["of another version", secretOf(JWK, "v2")],
    ["that is no JSON", new Secret("a:b:v1:bm90IGpzb24tc2VjcmV0")],
    ["that is not base64url", new Secret("a:b:v1:s3cr+t/=")],
    ["with a public key", secretOf({ ...JWK, d: undefined })],
    ["with a key of another kind", secretOf({ kty: "EC", crv: "P-256", x: "a", y: "b", d: "c" })],
    ["with a corrupt key", secretOf({ ...JWK, d: "AAAA" })],
    ["with no key", secretOf(null)],
  ])("%s is refused, and not shown", async (_, secret) => {
    const error = await readIdentity(ID, secret, {}, "m").catch((error: unknown) => error);
    expect(isFailure(error, "usage")).toBe(true);
    const shown = inspect(error, { depth: 10 });
    const [, , , key = secret.reveal()] = secret.reveal().split(":");
    expect(shown).not.toContain(key);
    for (const part of ["bm90", "not json", "s3cr", JWK.d]) expect(shown).not.toContain(part);
  });
});

describe("the host id", () => {
  it("is what the environment says, else the machine's name", async () => {
    const hostId = async (env: Record<string, string>, machine = "machine") =>
      (await readIdentity(ID, secretOf(JWK), env, machine)).hostId;
    expect(await hostId({ BATON_HOST_ID: "pod-1" })).toBe("pod-1");
    expect(await hostId({})).toBe("machine");
    expect(await hostId({}, "")).toBe("unknown");
    expect(await hostId({}, "x".repeat(300))).toHaveLength(256);
    await expect(hostId({ BATON_HOST_ID: "x".repeat(257) })).rejects.toMatchObject({ kind: "usage" });
  });
});
