import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { orgFromJson } from "../../src/sandbox/org/json.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { FakePlatform, type Upload } from "../baton/service/platform.ts";
import { inFolder, type Running, run, start } from "./program.ts";
import { type GoldenForm, readGoldenForm } from "./snapshots.ts";

const golden = (name: string) => JSON.parse(readFileSync(join("test/golden", name), "utf8"));

type Given = Parameters<FakePlatform["give"]>[0];
const SYNC: Given = { case: "syncFull", value: {} as never };

describe("service mode, through the real program over TLS", () => {
  let sandbox: Sandbox;
  let platform: FakePlatform;
  /** Whether the org answers no question about members, as if it took for ever. */
  let held = false;
  let membersAsked = 0;
  const hang = () => {
    membersAsked++;
    return { kind: "hang" } as const;
  };

  beforeAll(async () => {
    sandbox = await startSandbox({
      org: orgFromJson(golden("org.json")),
      limits: "off",
    });
    sandbox.intercept(({ pattern }) => (held && pattern === "/api/v1/groups/{groupId}/users" ? hang() : undefined));
    platform = new FakePlatform();
    await platform.listen();
  });
  afterAll(async () => {
    await platform.close();
    await sandbox.close();
  });

  function serve(folder: string, flags: readonly string[] = []): Running {
    const ca = join(folder, "ca.pem");
    writeFileSync(ca, platform.ca);
    return start(
      [
        ...["--domain", sandbox.url, "--client-id", platform.clientId, "--c1z-temp-dir", temp(folder)],
        ...["--sync-custom-roles", "--sync-secrets", ...flags],
      ],
      {
        env: {
          NODE_EXTRA_CA_CERTS: ca,
          BATON_CLIENT_SECRET: platform.clientSecret(),
          BATON_API_TOKEN: sandbox.token,
          BATON_HOST_ID: "e2e-host",
        },
      },
    );
  }

  function temp(folder: string): string {
    const path = join(folder, "temp");
    mkdirSync(path, { recursive: true });
    return path;
  }

  async function goldenFormOf(upload: Upload, folder: string): Promise<GoldenForm> {
    const file = join(folder, "uploaded.c1z");
    writeFileSync(file, upload.bytes);
    return await readGoldenForm(file);
  }

  it("says hello, uploads the golden org, grants, and ends in order", async () => {
    await inFolder(async (folder) => {
      const service = serve(folder, ["--provisioning"]);
      const id = platform.give(SYNC);
      const end = await platform.end(id);
      expect(end.finalState.case, end.status?.message).toBe("success");
      const upload = platform.uploads.find(({ taskId }) => taskId === id)!;
      const found = await goldenFormOf(upload, folder);
      const expected: GoldenForm = golden("expected.json");
      for (const map of ["resource_types", "resources", "entitlements", "grants"] as const) {
        expect(found[map]).toEqual(expected[map]);
      }
      expect(platform.hellos[0]).toMatchObject({
        hostId: "e2e-host",
        buildInfo: { package: "baton-okta" },
        connectorMetadata: { displayName: "Okta" },
      });
      expect(platform.hellos[0]?.connectorMetadata?.capabilities?.resourceTypeCapabilities).toHaveLength(8 + 1);

      const org = golden("org.json");
      const group = org.groups.find(({ type }: { type: string }) => type === "OKTA_GROUP");
      const outside = org.users.find(
        (one: { id: string; status: string }) =>
          one.status === "ACTIVE" && !org.groupMembers[group.id]?.includes(one.id),
      );
      const resource = { id: { resourceType: "group", resource: group.id } };
      const granted = await platform.end(
        platform.give({
          case: "grant",
          value: {
            entitlement: { id: `group:${group.id}:member`, slug: "member", resource },
            principal: { id: { resourceType: "user", resource: outside.id } },
          } as never,
        }),
      );
      expect(granted.finalState.case, granted.status?.message).toBe("success");
      const members = await fetch(`${sandbox.url}/api/v1/groups/${group.id}/users`, {
        headers: { authorization: `SSWS ${sandbox.token}` },
      });
      expect(((await members.json()) as { id: string }[]).map((one) => one.id)).toContain(outside.id);

      service.child.kill("SIGTERM");
      const ended = await service.ended;
      expect(ended.code, ended.stderr).toBe(0);
      expect(readdirSync(temp(folder))).toEqual([]);
      expect(platform.connections).toBe(1);
      for (const secret of [platform.clientSecret().split(":")[3]!, sandbox.token, "token-1"]) {
        expect(ended.stderr + ended.stdout).not.toContain(secret);
      }
    });
  });

  it("ends a long sync CANCELLED on SIGTERM, and goes on with a killed one", async () => {
    await inFolder(async (folder) => {
      held = true;
      const first = serve(folder);
      const cancelled = platform.give(SYNC);
      await platform.until(() => platform.heartbeats.some(({ taskId }) => taskId === cancelled));
      first.child.kill("SIGTERM");
      expect(await platform.end(cancelled)).toMatchObject({
        status: { code: 1 },
        finalState: { case: "error", value: { nonRetryable: false } },
      });
      expect((await first.ended).code).toBe(0);
      expect(readdirSync(temp(folder))).toEqual([]);

      membersAsked = 0;
      const second = serve(folder);
      const id = platform.give(SYNC);
      await platform.until(() => platform.heartbeats.some(({ taskId }) => taskId === id));
      // Killed when all but the members is read, so that something is there to go on with.
      await platform.until(() => platform.heartbeats.some(({ taskId }) => taskId === id));
      while (membersAsked === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      second.child.kill("SIGKILL");
      await second.ended;
      held = false;
      expect(readdirSync(temp(folder))).not.toEqual([]);
      const third = serve(folder);
      platform.give(SYNC, { id });
      const end = await platform.end(id);
      expect(end.finalState.case, end.status?.message).toBe("success");
      const found = await goldenFormOf(platform.uploads.find(({ taskId }) => taskId === id)!, folder);
      const expected: GoldenForm = golden("expected.json");
      expect(Object.keys(found.resources)).toEqual(expect.arrayContaining(Object.keys(expected.resources)));
      expect(third.stderr()).toContain("going on with the sync that was interrupted");
      third.child.kill("SIGTERM");
      expect((await third.ended).code).toBe(0);
      expect(readdirSync(temp(folder))).toEqual([]);
    });
  });

  it("says in one line what is wrong with a client that the platform does not know", async () => {
    await inFolder(async (folder) => {
      platform.always("token", { kind: "refuse", code: 401 });
      const service = serve(folder, ["--log-format", "console", "--log-level", "warn"]);
      const ended = await service.ended;
      platform.always("token", undefined);
      expect(ended.code).toBe(3);
      expect(ended.stderr).toMatch(/^Error: The platform does not accept the client id and secret/);
      expect(ended.stderr.trim().split("\n")).toHaveLength(2);
    });
  });

  it("refuses a client secret that is none, and half a pair", async () => {
    const flags = ["--domain", sandbox.url, "--api-token", "t", "--client-id", platform.clientId];
    const bad = await run([...flags, "--client-secret", "oops:not:v1:really-secret"]);
    expect(bad.code).toBe(2);
    expect(bad.stderr).toContain("The client secret cannot be used");
    expect(bad.stderr).not.toContain("really-secret");
    const half = await run(flags);
    expect(half.code).toBe(2);
    expect(half.stderr).toContain("--client-secret");
  });
});
