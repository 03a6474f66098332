import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Item } from "../../../src/review/population/item.ts";
import { orgFromJson } from "../../../src/sandbox/org/json.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/sandbox.ts";
import { always, atFirst, type HostileOkta, hostileOkta, say } from "../../hostile/okta.ts";
import { jsonLines, readSheet, review, syncTo, writeSheet } from "./campaign.ts";

const T = "2025-01-01T00:00:00.000Z";
const NAMES = ["me", "plain", "refused", "broken", "lost", "lied", "deleted", "bygroup", "gone"];
const user = (id: string) => ({
  ...{ id: `00u${id}`, status: "ACTIVE", created: T, activated: T, statusChanged: T, lastUpdated: T },
  profile: { login: `${id}@acme.example`, email: `${id}@acme.example`, firstName: id, lastName: "L" },
});
const ORG = {
  users: NAMES.map(user),
  groups: [
    {
      ...{ id: "00gall", created: T, lastUpdated: T, lastMembershipUpdated: T, objectClass: ["okta:user_group"] },
      ...{ type: "OKTA_GROUP", profile: { name: "All", description: null } },
    },
  ],
  apps: [
    {
      ...{
        id: "0oacrm",
        name: "crm",
        label: "CRM",
        status: "ACTIVE",
        created: T,
        lastUpdated: T,
        signOnMode: "SAML_2_0",
      },
      ...{ visibility: { hide: {} }, settings: { app: {} }, features: [] },
    },
  ],
  appUsers: { "0oacrm": NAMES.map((id) => ({ id: `00u${id}`, scope: "USER", status: "ACTIVE" })) },
};

let folder: string;
let sandbox: Sandbox;
let front: HostileOkta;
const at = (name: string) => join(folder, name);

const okta = (method: string, path: string, body?: object) =>
  fetch(`${sandbox.url}${path}`, {
    method,
    headers: { authorization: `SSWS ${sandbox.token}`, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "baton-review-apply-"));
  sandbox = await startSandbox({ org: orgFromJson(ORG), limits: "off" });
  front = await hostileOkta(sandbox.url);
  await syncTo(sandbox, at("one.c1z"));
  const begin = ["start", "--name", "A", "-f", at("one.c1z"), "--dir", at("a"), "--scope", "app:*"];
  expect(await review(sandbox, ...begin, "--fallback", "x@acme.example")).toMatchObject({ code: 0 });
  await review(sandbox, "sheet", "--dir", at("a"), "--out", at("sheets"), "--format", "csv");
  const sheet = join(at("sheets"), "x@acme.example.csv");
  writeSheet(
    sheet,
    readSheet(sheet).map((row) => ({ ...row, decision: "REVOKE" })),
  );
  expect((await review(sandbox, "decide", "--dir", at("a"), sheet)).code).toBe(0);
});
afterAll(async () => {
  await front.close();
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const rows = () => {
  const items = jsonLines(at("a"), "population.jsonl") as unknown as Item[];
  const last = new Map<string, { status: string; what: string; proof: { file: string } | null }>();
  for (const record of jsonLines(at("a"), "journal.jsonl") as unknown as {
    kind: string;
    item: string;
    status: string;
    what: string;
    proof: null;
  }[]) {
    if (record.kind === "remediated") last.set(record.item, record);
  }
  return Object.fromEntries(items.map(({ id, principal }) => [principal.id.slice(3), last.get(id)]));
};

const path = (id: string) => `/api/v1/apps/0oacrm/users/00u${id}`;
const apply = (url: string, ...more: string[]) => review({ ...sandbox, url }, "apply", "--dir", at("a"), ...more);

it("takes nothing for gone in another org", async () => {
  const other = await startSandbox({ org: orgFromJson({ users: [user("zed")] }), limits: "off" });
  try {
    const before = readFileSync(join(at("a"), "journal.jsonl"), "utf8");
    for (const how of ["--yes", "--dry-run"]) {
      const ended = await review(other, "apply", "--dir", at("a"), how);
      expect([how, ended.code, ended.stderr]).toEqual([how, 1, expect.stringContaining("knows none of")]);
    }
    expect(readFileSync(join(at("a"), "journal.jsonl"), "utf8")).toBe(before);
  } finally {
    await other.close();
  }
});

it("ends each item by what Okta says and shows of it, whatever happens to the others, and its own access last", async () => {
  front.on("DELETE", path("refused"), always(403, { errorCode: "E0000006", errorSummary: "no" }));
  front.on("DELETE", path("broken"), atFirst(1, always(500, { errorCode: "E0000009", errorSummary: "broken" })));
  front.on("DELETE", path("lost"), async (asked, response, honest) => {
    const answer = await honest();
    if (asked.count === 0) response.destroy();
    else say(response, answer.status, answer.body.toString());
  });
  const honestAgain = front.on("DELETE", path("lied"), (_asked, response) => void response.writeHead(204).end());
  await okta("POST", "/api/v1/users/00udeleted/lifecycle/deactivate");
  await okta("DELETE", "/api/v1/users/00udeleted");
  await okta("DELETE", path("gone"));
  await okta("PUT", "/api/v1/groups/00gall/users/00ubygroup");
  await okta("PUT", "/api/v1/apps/0oacrm/groups/00gall", {});
  const rehearsed = await apply(front.url, "--dry-run");
  expect(rehearsed.stdout).toContain("deleted@acme.example: CRM (app:0oacrm:access): is gone already");
  expect(await apply(front.url, "--yes")).toMatchObject({ code: 1, stderr: "" });
  const ended = rows();
  expect(Object.fromEntries(Object.entries(ended).map(([id, row]) => [id, row?.status]))).toEqual({
    ...{ me: "SUCCESS", plain: "SUCCESS", refused: "ERROR", broken: "SUCCESS", lost: "SUCCESS", lied: "ERROR" },
    ...{ deleted: "SUCCESS", bygroup: "MANUAL", gone: "SUCCESS" },
  });
  // Each that is gone is shown to be, by what Okta answered.
  for (const { status, proof } of Object.values(ended) as { status: string; proof: { file: string } | null }[]) {
    if (status !== "SUCCESS") continue;
    const { held, answers } = JSON.parse(readFileSync(join(at("a"), proof!.file), "utf8"));
    expect([held, answers.length > 0]).toEqual([false, true]);
  }
  expect(ended.lied?.what).toContain("does not show the change");
  const sent = front.calls.filter((call) => call.startsWith("DELETE"));
  expect(sent.at(-1)).toBe(`DELETE ${path("me")}`);
  honestAgain();
  front.on("DELETE", path("refused"), atFirst(0, always(500, {})));
  const again = await apply(front.url, "--yes");
  expect([again.code, again.stdout]).toEqual([
    0,
    expect.stringContaining("2 gone, and seen to be; 0 by hand; 0 failed."),
  ]);
  expect(await review(sandbox, "verify", "--dir", at("a"))).toMatchObject({ code: 0 });
});
