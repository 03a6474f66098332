import { describe, expect, it } from "vitest";
import type { ListPage } from "../../../src/okta/api/client.ts";
import { readGrantLog } from "../../../src/okta/events/grant-log.ts";
import { Failure } from "../../../src/runtime/failure.ts";

const NOW = Date.parse("2026-06-30T12:00:00Z");
const call = { signal: new AbortController().signal };
const party = (type: string, id: string, displayName = id, alternateId = id) => ({
  type,
  id,
  displayName,
  alternateId,
});
const ada = party("User", "00ada", "Ada", "ada@acme.example");
const system = party("SystemPrincipal", "system@okta.com", "Okta System");
const [user, group, app] = [party("User", "00u1"), party("UserGroup", "00g1"), party("AppInstance", "0oa1")];

/** An entry of the log of June, at an hour of a day. */
function entry(eventType: string, at: string, target: unknown, more: object = {}) {
  return { eventType, published: `2026-06-${at}:00.000Z`, actor: ada, outcome: { result: "SUCCESS" }, target, ...more };
}

/** A role's entry: who was given what, and all that is held by then. */
const privileges = (at: string, what: "grant" | "revoke", roles: string[], privilegeGranted = "") =>
  entry(`user.account.privilege.${what}`, at, [user, ...roles.map((label) => party("ROLE", "ra1", label))], {
    debugContext: { debugData: { privilegeGranted } },
  });

async function read(pages: unknown[][], until = NOW, wants: (entitlement: string) => boolean = () => true) {
  const asked: string[] = [];
  const client = {
    list: async (path: string) => {
      asked.push(path);
      const items = pages[asked.length - 1] ?? [];
      return { items, next: `/api/v1/logs?after=${asked.length}` } as unknown as ListPage<never>;
    },
    get: () => Promise.reject(new Error("nothing else is asked")),
  };
  const log = await readGrantLog(client as never, { until, now: NOW, wants }, call);
  const of = (entitlement: string, holder = "user:00u1") => {
    const [type = "", id = ""] = holder.split(":");
    const found = log.of(entitlement, { type, id });
    return found && `${found.at.slice(5, 16)} ${found.by}`;
  };
  return { log, asked, of };
}

describe("since when access is held", () => {
  it("is what Okta's log says last of it: groups, apps, groups of apps, bindings", async () => {
    const set = [party("RESOURCE_SET", "iam1"), party("CUSTOM_ROLE", "cr01")];
    const { of, asked, log } = await read([
      [
        entry("group.user_membership.add", "01T10:00", [user, group]),
        entry("group.user_membership.remove", "02T10:00", [user, group]),
      ],
      [
        entry("group.user_membership.add", "03T10:00", [user, group], { actor: system }),
        entry("application.user_membership.add", "04T10:00", [{ ...user, type: "AppUser" }, app, user]),
        entry("group.application_assignment.add", "05T10:00", [group, app]),
        entry("iam.resourceset.bindings.add", "06T10:00", [...set, user]),
      ],
    ]);
    expect(of("group:00g1:member")).toBe("06-03T10:00 Okta System (SystemPrincipal)");
    expect(of("app:0oa1:access")).toBe("06-04T10:00 ada@acme.example");
    expect(of("app:0oa1:access", "group:00g1")).toBe("06-05T10:00 ada@acme.example");
    expect(of("resourceset-binding:iam1:cr01:member")).toBe("06-06T10:00 ada@acme.example");
    expect(of("custom-role:cr01:assigned")).toBe("06-06T10:00 ada@acme.example");
    expect(of("app:0oa2:access")).toBeUndefined();
    expect(log.from).toBe("2026-04-01T12:00:00.000Z");
    // Without an end, as only that shows every entry, and to the page on which there is nothing.
    expect(asked).toHaveLength(3);
    expect(asked[0]).toMatch(
      /^\/api\/v1\/logs\?since=2026-04-01T12%3A00%3A00\.000Z&sortOrder=ASCENDING&limit=1000&filter=/,
    );
    expect(asked[0]).not.toContain("until=");
  });

  it("is not known where it ended last, whatever the order in which the log has it, or what was tried failed", async () => {
    const added = entry("group.user_membership.add", "01T10:00", [user, group]);
    const removed = entry("group.user_membership.remove", "02T10:00", [user, group]);
    for (const all of [
      [added, removed],
      [removed, added],
    ])
      expect((await read([all])).of("group:00g1:member")).toBeUndefined();
    const failed = { ...added, outcome: { result: "FAILURE" } };
    expect((await read([[failed]])).of("group:00g1:member")).toBeUndefined();
  });

  it("is not told by what happened after it was seen", async () => {
    const until = Date.parse("2026-06-10T00:00:00Z");
    const pages = [
      [
        entry("group.user_membership.add", "01T10:00", [user, group]),
        entry("group.user_membership.remove", "10T00:30", [user, group]),
      ],
      [entry("group.user_membership.add", "20T10:00", [user, group])],
      [entry("group.user_membership.add", "21T10:00", [user, group])],
    ];
    const { of, asked } = await read(pages, until);
    expect(of("group:00g1:member")).toBe("06-01T10:00 ada@acme.example");
    expect(asked).toHaveLength(2);
    // What is older than the log is not asked for.
    expect((await read(pages, Date.parse("2026-01-01T00:00:00Z"))).asked).toEqual([]);
  });

  it("of a role is when it came to those held before", async () => {
    const { of } = await read([
      [
        privileges("01T10:00", "grant", ["Super Administrator"], "Help Desk Administrator, Super Administrator"),
        privileges(
          "02T10:00",
          "grant",
          [],
          "Help Desk Administrator, Super Administrator, Application administrator (all)",
        ),
        privileges("03T10:00", "grant", [], "Super Administrator, Application Administrator, Read-Only Administrator"),
      ],
    ]);
    expect(of("role:SUPER_ADMIN:assigned")).toBe("06-01T10:00 ada@acme.example");
    expect(of("role:APP_ADMIN:assigned")).toBe("06-02T10:00 ada@acme.example");
    expect(of("role:READ_ONLY_ADMIN:assigned")).toBe("06-03T10:00 ada@acme.example");
    // It was there before the log begins, and is gone.
    expect(of("role:HELP_DESK_ADMIN:assigned")).toBeUndefined();
  });

  it("of a role is not known where the first entry lists several, or what is left of them", async () => {
    const both = "Super Administrator, Help Desk Administrator";
    const first = await read([
      [privileges("01T10:00", "grant", ["Super Administrator", "Help Desk Administrator"], both)],
    ]);
    expect([first.of("role:SUPER_ADMIN:assigned"), first.of("role:HELP_DESK_ADMIN:assigned")]).toEqual([
      undefined,
      undefined,
    ]);
    const left = await read([[privileges("01T10:00", "grant", [], "Super Administrator")]]);
    expect(left.of("role:SUPER_ADMIN:assigned")).toBeUndefined();
    const again = await read([
      [privileges("03T10:00", "grant", [], both), privileges("02T10:00", "revoke", ["Super Administrator"])],
    ]);
    expect(again.of("role:HELP_DESK_ADMIN:assigned")).toBe("06-03T10:00 ada@acme.example");
    const gone = await read([
      [
        privileges("01T10:00", "revoke", ["Super Administrator"]),
        privileges("02T10:00", "grant", [], both),
        privileges("03T10:00", "revoke", []),
      ],
    ]);
    expect(gone.of("role:SUPER_ADMIN:assigned")).toBeUndefined();
    const custom = entry("user.account.privilege.grant", "01T10:00", [
      user,
      party("ROLE", "cr1", "Super Administrator", "CUSTOM"),
    ]);
    expect((await read([[custom]])).of("role:SUPER_ADMIN:assigned")).toBeUndefined();
  });

  it("of groups and service apps too", async () => {
    const role = party("ROLE", "ra1", "Super Administrator");
    const { of } = await read([
      [
        entry("group.privilege.grant", "01T10:00", [group, role]),
        entry("app.oauth2.client.privilege.grant", "02T10:00", [party("PublicClientApp", "0oa7"), role]),
      ],
    ]);
    expect(of("role:SUPER_ADMIN:assigned", "group:00g1")).toBe("06-01T10:00 ada@acme.example");
    expect(of("role:SUPER_ADMIN:assigned", "app:0oa7")).toBe("06-02T10:00 ada@acme.example");
  });

  it("is kept of what is wanted only", async () => {
    const page = [
      entry("group.user_membership.add", "01T10:00", [user, group]),
      privileges("01T10:00", "grant", ["Super Administrator"]),
    ];
    const { of } = await read([page], NOW, (entitlement) => entitlement.startsWith("role:"));
    expect([of("group:00g1:member"), of("role:SUPER_ADMIN:assigned")]).toEqual([
      undefined,
      "06-01T10:00 ada@acme.example",
    ]);
  });

  it.each<[string, unknown]>([
    ["null", null],
    ["no targets", entry("group.user_membership.add", "01T10:00", null)],
    ["targets that are none", entry("group.user_membership.add", "01T10:00", [null, 1, { type: "User" }])],
    ["no time", { ...entry("group.user_membership.add", "01T10:00", [user, group]), published: "yesterday" }],
    [
      "no actor",
      entry("user.account.privilege.grant", "01T10:00", [user, 7], { actor: null, debugContext: { debugData: 3 } }),
    ],
    ["a list for a text", { ...entry("x", "01T10:00", []), eventType: ["group.user_membership.add"] }],
  ])("is not known where an entry has %s", async (_, odd) => {
    const { of } = await read([[odd]]);
    expect([of("group:00g1:member"), of("role:SUPER_ADMIN:assigned")]).toEqual([undefined, undefined]);
  });

  it("says what it takes where the log may not be read", async () => {
    const client = { list: () => Promise.reject(new Failure({ kind: "permissionDenied", message: "no" })) };
    const reading = readGrantLog(client as never, { until: NOW, now: NOW, wants: () => true }, call);
    await expect(reading).rejects.toMatchObject({
      kind: "permissionDenied",
      advice: expect.stringContaining("okta.logs.read"),
    });
  });
});
