import { create } from "@bufbuild/protobuf";
import { afterEach, describe, expect, it } from "vitest";
import { readIdentity } from "../../../src/baton/service/platform/identity.ts";
import { connectPlatform, type Platform } from "../../../src/baton/service/platform/platform.ts";
import { createTokens, postTokenTo } from "../../../src/baton/service/platform/token.ts";
import { BatonService, BatonServiceGetTaskRequestSchema } from "../../../src/gen/c1/connectorapi/baton/v1/baton_pb.ts";
import { Secret } from "../../../src/runtime/secrets/secret.ts";
import { FakeClock } from "../../okta/api/fake-clock.ts";
import type { FakePlatform } from "./platform.ts";
import { closeRigs, startPlatform } from "./rig.ts";

afterEach(closeRigs);

async function connect(fake: FakePlatform, env: Record<string, string> = {}): Promise<Platform> {
  const identity = await readIdentity(fake.clientId, new Secret(fake.clientSecret()), env, "machine");
  const route = { userAgent: "test", ca: fake.ca };
  return connectPlatform({
    identity,
    tokens: createTokens(identity, new FakeClock(), postTokenTo(identity, route)),
    ...route,
  });
}

const poll = (platform: Platform, signal?: AbortSignal) =>
  platform.call(BatonService.method.getTask, create(BatonServiceGetTaskRequestSchema, { hostId: "machine" }), signal);

describe("the connection to a platform", () => {
  it("is made to an IP address, too", async () => {
    const fake = await startPlatform();
    const platform = await connect(fake, { BATON_C1_API_HOST: `127.0.0.1:${fake.port}` });
    expect((await poll(platform)).task?.taskType.case).toBe("none");
    platform.close();
  });

  it("lets go of a call that waits for a token that never comes", async () => {
    const fake = await startPlatform();
    fake.always("token", { kind: "silent" });
    const platform = await connect(fake);
    const stop = new AbortController();
    const calls = [poll(platform, stop.signal), poll(platform)];
    await fake.until(() => fake.count("token") > 0);
    stop.abort();
    await expect(calls[0]).rejects.toMatchObject({ kind: "cancelled" });
    platform.close();
    await expect(calls[1]).rejects.toMatchObject({ kind: "unavailable", attempted: "POST /auth/v1/token" });
    expect(fake.count("token")).toBe(1);
  });
});
