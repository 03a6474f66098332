import { beforeEach, describe, expect, test } from "vitest";
import { governing } from "../../../src/sandbox/org/admins/governed.ts";
import { listGovernedRoles } from "../../../src/sandbox/org/admins/list-governed.ts";
import type { Org } from "../../../src/sandbox/org/org.ts";
import { all, caller, refusal } from "../call.ts";
import { smallOrg } from "../org/fixture.ts";

let org: Org;
let call: ReturnType<typeof caller>;

beforeEach(() => {
  org = smallOrg();
  call = caller(org);
});

const url = (path: string) => `http://sandbox.test/api/v1/${path}`;
const BINDINGS = "/api/v1/iam/resource-sets/iam1/bindings";
const rolesOf = (path: string): string[] =>
  call("GET", `/api/v1/${path}/roles`).body.map((row: Record<string, string>) =>
    `${row.type} ${row.assignmentType} ${row.role ?? ""}`.trim(),
  );
const assignees = () => all(call, "/api/v1/iam/assignees/users?limit=1", "value").map((user) => user.id);
const privileged = (id: string) =>
  call("GET", `/api/v1/groups/${id}?expand=stats`).body._embedded.stats.hasAdminPrivilege;

describe("a standard role", () => {
  test("of a user shows on the user and among the assignees, until it is taken away", () => {
    const made = call("POST", "/api/v1/users/ada/roles", { body: { type: "USER_ADMIN" } });
    expect(made).toMatchObject({ status: 201, body: { type: "USER_ADMIN", label: "Group Administrator" } });
    expect(refusal(() => call("POST", "/api/v1/users/ada/roles", { body: { type: "USER_ADMIN" } }))).toMatchObject({
      ...{ status: 409, errorCode: "E0000090" },
    });
    expect(rolesOf("users/ada")).toEqual(["USER_ADMIN USER"]);
    expect(call("GET", `/api/v1/users/ada/roles/${made.body.id}`).body).toEqual(made.body);
    expect(assignees()).toEqual(["ada"]);
    expect(call("DELETE", `/api/v1/users/ada/roles/${made.body.id}`).status).toBe(204);
    expect(refusal(() => call("DELETE", `/api/v1/users/ada/roles/${made.body.id}`)).status).toBe(404);
    expect(assignees()).toEqual([]);
  });

  test("of a group shows on the group, on its stats and, as inherited, on its members", () => {
    const made = call("POST", "/api/v1/groups/gdev/roles", { body: { type: "APP_ADMIN" } });
    expect(made.status).toBe(200);
    expect(privileged("gdev")).toBe(true);
    expect(rolesOf("groups/gdev")).toEqual(["APP_ADMIN GROUP"]);
    expect(rolesOf("users/bob")).toEqual(["APP_ADMIN GROUP"]);
    expect(call("GET", "/api/v1/users/bob/roles").body[0]._links.assignee.href).toBe(url("groups/gdev"));
    expect(refusal(() => call("DELETE", `/api/v1/users/bob/roles/${made.body.id}`)).status).toBe(404);
    call("DELETE", `/api/v1/groups/gdev/roles/${made.body.id}`);
    expect(privileged("gdev")).toBe(false);
    expect(rolesOf("users/bob")).toEqual([]);
  });

  test("is refused where the type is missing or unknown, and to lesser admins", () => {
    for (const body of [{}, { type: "KING" }]) {
      expect(refusal(() => call("POST", "/api/v1/users/ada/roles", { body })).errorCode).toBe("E0000001");
    }
    const lesser = { id: "00T2", roles: ["ORG_ADMIN"] };
    const error = refusal(() =>
      call("POST", "/api/v1/users/ada/roles", { body: { type: "APP_ADMIN" }, caller: lesser }),
    );
    expect(error).toMatchObject({ status: 403, errorCode: "E0000006" });
  });

  test("that Okta governs like a custom one says so", () => {
    const { body } = call("POST", "/api/v1/users/ada/roles", { body: { type: "WORKFLOWS_ADMIN" } });
    expect(body).toMatchObject({
      type: "WORKFLOWS_ADMIN",
      role: "WORKFLOWS_ADMIN",
      "resource-set": "WORKFLOWS_IAM_POLICY",
    });
  });
});

test.each([
  { form: "unlisted", listed: [], role: "WORKFLOWS_ADMIN" },
  { form: "id", listed: [{ id: "WORKFLOWS_ADMIN", label: "Workflows Administrator" }], role: "WORKFLOWS_ADMIN" },
  { form: "type", listed: [{ type: "WORKFLOWS_ADMIN" }], role: "cr0WORKFLOWSADMIN000" },
] as const)("governed roles are $form among the custom roles", ({ form, listed, role }) => {
  const governed = { id: "ra1w", label: "Workflows Administrator", type: "WORKFLOWS_ADMIN", status: "ACTIVE" };
  const ada = org.user("ada")!;
  const dates = { created: "2024-01-01T00:00:00.000Z", lastUpdated: "2024-01-01T00:00:00.000Z" };
  org.addUserRole(ada, { ...governed, ...governing("WORKFLOWS_ADMIN", "unlisted"), ...dates, assignmentType: "USER" });
  listGovernedRoles(org, form);
  const named = all(call, "/api/v1/iam/roles", "roles").filter(({ label }) => /^Workflows/.test(label));
  expect(named).toMatchObject(listed);
  for (const { id } of named) expect(call("GET", `/api/v1/iam/roles/${id}`).body).toMatchObject({ id });
  const [row] = call("GET", "/api/v1/users/ada/roles").body;
  expect(row).toMatchObject({ type: "WORKFLOWS_ADMIN", role, "resource-set": "WORKFLOWS_IAM_POLICY" });
  const made = call("POST", "/api/v1/groups/gdev/roles", { body: { type: "ACCESS_REQUESTS_ADMIN" } }).body;
  expect(made.role).toBe(form === "type" ? "cr0ACCESSREQUESTSADM" : "ACCESS_REQUESTS_ADMIN");
});

describe("a binding", () => {
  const create = (role: string, ...members: string[]) =>
    call("POST", BINDINGS, { body: { role, members: members.map(url) } });

  test("shows in the set and, as a custom role, on its members", () => {
    expect(create("cr1", "users/ada", "groups/gdev").status).toBe(200);
    expect(all(call, BINDINGS, "roles").map((role) => role.id)).toEqual(["cr1"]);
    const members = all(call, `${BINDINGS}/cr1/members`, "members");
    expect(members.map((member) => member._links.self.href)).toEqual([url("users/ada"), url("groups/gdev")]);
    expect(call("GET", `${BINDINGS}/Resetter/members/${members[0].id}`).body).toEqual(members[0]);
    expect(rolesOf("groups/gdev")).toEqual(["CUSTOM GROUP cr1"]);
    expect(rolesOf("users/ada")).toEqual(["CUSTOM USER cr1", "CUSTOM GROUP cr1"]);
    expect(privileged("gdev")).toBe(true);
    expect(assignees()).toEqual(["ada"]);
  });

  test("is created once, then added to, then taken apart", () => {
    create("cr1", "users/ada");
    expect(refusal(() => create("cr1", "users/bob")).status).toBe(400);
    expect(refusal(() => call("PATCH", `${BINDINGS}/cr2/members`, { body: { additions: [] } })).status).toBe(404);
    for (let i = 0; i < 2; i++) {
      expect(call("PATCH", `${BINDINGS}/cr1/members`, { body: { additions: [url("users/bob")] } }).status).toBe(200);
    }
    const [ada, bob] = all(call, `${BINDINGS}/cr1/members`, "members");
    expect(call("DELETE", `${BINDINGS}/cr1/members/${ada.id}`).status).toBe(204);
    expect(refusal(() => call("DELETE", `${BINDINGS}/cr1/members/${ada.id}`)).status).toBe(404);
    expect(all(call, `${BINDINGS}/cr1/members`, "members")).toEqual([bob]);
    expect(rolesOf("users/ada")).toEqual([]);
    expect(call("DELETE", `${BINDINGS}/cr1`).status).toBe(204);
    expect(refusal(() => call("GET", `${BINDINGS}/cr1`)).status).toBe(404);
    expect(rolesOf("users/bob")).toEqual([]);
    expect(assignees()).toEqual([]);
  });

  test("pages its members by hundreds, with the next page in the body", () => {
    const people = Array.from({ length: 230 }, (_, i) => {
      const login = `p${i}@acme.example`;
      org.addUser({ ...org.user("ada")!.record, id: `p${i}`, profile: { login, email: login } });
      return `users/p${i}`;
    });
    create("cr1", ...people);
    expect(call("GET", `${BINDINGS}/cr1/members`).body.members).toHaveLength(100);
    const found = all(call, `${BINDINGS}/cr1/members`, "members").map((member) => member._links.self.href);
    expect(found).toEqual(people.map(url));
    expect(call("GET", "/api/v1/iam/assignees/users").body.value).toHaveLength(100);
    expect(assignees()).toHaveLength(230);
  });

  test("and an assignment of the custom role are one and the same", () => {
    const body = { type: "CUSTOM", role: "cr2", "resource-set": "iam1" };
    const { id } = call("POST", "/api/v1/users/ada/roles", { body }).body;
    expect(all(call, `${BINDINGS}/cr2/members`, "members").map((member) => member.id)).toEqual([id]);
    expect(refusal(() => call("POST", "/api/v1/users/ada/roles", { body })).errorCode).toBe("E0000090");
    call("DELETE", `/api/v1/users/ada/roles/${id}`);
    expect(all(call, `${BINDINGS}/cr2/members`, "members")).toEqual([]);
  });

  test("is refused with an unknown role, set or member, and then changes nothing", () => {
    expect(refusal(() => create("none", "users/ada")).status).toBe(404);
    expect(refusal(() => create("cr1", "users/none")).status).toBe(400);
    expect(refusal(() => create("cr1")).status).toBe(400);
    expect(refusal(() => call("GET", "/api/v1/iam/resource-sets/none/bindings")).status).toBe(404);
    expect(all(call, BINDINGS, "roles")).toEqual([]);
  });
});

test("custom roles are read by id or label", () => {
  expect(call("GET", "/api/v1/iam/roles/cr2").body.label).toBe("Auditor");
  expect(call("GET", "/api/v1/iam/roles/Auditor").body.id).toBe("cr2");
  expect(refusal(() => call("GET", "/api/v1/iam/roles/none")).errorCode).toBe("E0000007");
});
