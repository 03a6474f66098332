import { afterEach, describe, expect, it } from "vitest";
import { type Identity, readIdentity } from "../../../../src/baton/service/platform/identity.ts";
import { createTokens, postTokenTo, type TokenAnswer } from "../../../../src/baton/service/platform/token.ts";
import { Secret } from "../../../../src/runtime/secrets/secret.ts";
import { FakeClock } from "../../../okta/api/fake-clock.ts";
import type { FakePlatform } from "../platform.ts";
import { closeRigs, startPlatform } from "../rig.ts";

afterEach(closeRigs);

const identityOf = (fake: FakePlatform, more?: Record<string, unknown>): Promise<Identity> =>
  readIdentity(fake.clientId, new Secret(fake.clientSecret(more)), {}, "machine");

describe("the request for a token", () => {
  it("is the form that the contract asks for, over HTTP/1.1, with a signed assertion", async () => {
    const fake = await startPlatform();
    const identity = await identityOf(fake);
    const clock = new FakeClock();
    const tokens = createTokens(identity, clock, postTokenTo(identity, { userAgent: "test", ca: fake.ca }));
    expect(await tokens.get()).toBe("token-1");
    const [request] = fake.tokenRequests;
    expect([...request!.form.keys()].sort()).toEqual([
      "client_assertion",
      "client_assertion_type",
      "client_id",
      "grant_type",
    ]);
    expect(request!.form.get("client_id")).toBe(fake.clientId);
    expect(request!.http).toBe("1.1");
    expect(request!.header).toEqual({ alg: "EdDSA", kid: "key-1", nonce: expect.stringMatching(/^[0-9a-f]{32}$/) });
    const now = Math.floor(clock.now() / 1000);
    expect(request!.claims).toEqual({
      iss: fake.clientId,
      sub: fake.clientId,
      aud: "localhost",
      iat: now,
      nbf: now - 120,
      exp: now + 120,
    });
  });

  it("names no key where the secret names none, and never the same nonce", async () => {
    const fake = await startPlatform();
    const identity = await identityOf(fake, {});
    const tokens = createTokens(identity, new FakeClock(), postTokenTo(identity, { userAgent: "test", ca: fake.ca }));
    tokens.refuse(await tokens.get());
    await tokens.get();
    const [first, second] = fake.tokenRequests;
    expect(first!.header).not.toHaveProperty("kid");
    expect(first!.header.nonce).not.toBe(second!.header.nonce);
  });

  it("is not sent to somebody with another certificate", async () => {
    const fake = await startPlatform();
    const identity = await identityOf(fake);
    const tokens = createTokens(identity, new FakeClock(), postTokenTo(identity, { userAgent: "test" }));
    await expect(tokens.get()).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringMatching(/certificate/i),
    });
    expect(fake.tokenRequests).toEqual([]);
  });
});

describe("a token", () => {
  async function tokensOf(...answers: (TokenAnswer | Error)[]) {
    const fake = await startPlatform();
    const clock = new FakeClock();
    let asked = 0;
    const tokens = createTokens(await identityOf(fake), clock, async () => {
      const answer = answers[Math.min(asked, answers.length - 1)]!;
      asked += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    });
    return { tokens, clock, asked: () => asked };
  }
  const good = (value: string, life: unknown = 3600) => ({
    status: 200,
    body: JSON.stringify({ access_token: value, token_type: "Bearer", expires_in: life }),
  });

  it("serves all calls until shortly before its end, and is asked for once", async () => {
    const { tokens, clock, asked } = await tokensOf(good("a"), good("b"));
    expect(await Promise.all([tokens.get(), tokens.get(), tokens.get()])).toEqual(["a", "a", "a"]);
    await clock.advance(3_539_000);
    expect(await tokens.get()).toBe("a");
    await clock.advance(2000);
    expect(await Promise.all([tokens.get(), tokens.get()])).toEqual(["b", "b"]);
    expect(asked()).toBe(2);
  });

  it("that lives shortly, or for who knows how long, is used as well", async () => {
    const short = await tokensOf(good("a", 10), good("b", 10));
    expect(await short.tokens.get()).toBe("a");
    await short.clock.advance(7000);
    expect(await short.tokens.get()).toBe("a");
    await short.clock.advance(2000);
    expect(await short.tokens.get()).toBe("b");
    const unstated = await tokensOf(good("a", undefined));
    expect([await unstated.tokens.get(), await unstated.tokens.get()]).toEqual(["a", "a"]);
    expect(unstated.asked()).toBe(1);
  });

  it("that cannot be replaced early is used on to its end, and not after it", async () => {
    const { tokens, clock, asked } = await tokensOf(good("a", 100), new Error("away"));
    await tokens.get();
    await clock.advance(85_000);
    expect([await tokens.get(), await tokens.get()]).toEqual(["a", "a"]);
    expect(asked()).toBe(2);
    await clock.advance(10_000);
    expect(await tokens.get()).toBe("a");
    expect(asked()).toBe(3);
    await clock.advance(5000);
    await expect(tokens.get()).rejects.toMatchObject({ kind: "unavailable", message: expect.stringContaining("away") });
  });

  it("that was refused is not used again, and a newer one stays", async () => {
    const { tokens, asked } = await tokensOf(good("a"), good("b"));
    expect(await tokens.get()).toBe("a");
    tokens.refuse("a");
    expect(await tokens.get()).toBe("b");
    tokens.refuse("a");
    expect(await tokens.get()).toBe("b");
    expect(asked()).toBe(2);
  });

  it.each([
    [500, "unavailable"],
    [503, "unavailable"],
    [429, "unavailable"],
    [302, "unavailable"],
    [400, "unauthenticated"],
    [401, "unauthenticated"],
    [403, "unauthenticated"],
  ])("is not given by an answer of %i: %s", async (status, kind) => {
    const { tokens } = await tokensOf({ status, body: "no" });
    await expect(tokens.get()).rejects.toMatchObject({ kind, answer: { status } });
  });

  it.each(["", "{", "null", "{}", '{"access_token":""}', '{"access_token":"a\\nb"}'])("is not in %j", async (body) => {
    const { tokens } = await tokensOf({ status: 200, body });
    await expect(tokens.get()).rejects.toMatchObject({ kind: "unavailable" });
  });
});
