import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import type { NewPassword } from "../../../../src/baton/connector.ts";
import { comparableJson } from "../../../../src/baton/model/json.ts";
import {
  ConnectorAccountCreationSchemaSchema,
  CredentialDetailsAccountProvisioningSchema,
} from "../../../../src/gen/c1/connector/v2/connector_pb.ts";
import { PasswordConstraintSchema, Status_ResourceStatus } from "../../../../src/gen/c1/connector/v2/resource_pb.ts";
import { accountCredentials, accountSchema } from "../../../../src/okta/users/accounts/schema.ts";
import { changedOrg, golden } from "./org.ts";

const ada = { first_name: "Ada", last_name: "Lovelace", email: "ada@acme.example" };
const random: NewPassword = { kind: "random", length: 12, constraints: [], changeAtNextLogin: false };
const userAt = "/api/v1/users/ada@acme.example";

test("schema and credentials are those of the contract", () => {
  const { metadata } = golden("metadata.json");
  const json = comparableJson(ConnectorAccountCreationSchemaSchema, accountSchema) as unknown as {
    field_map: Record<string, { description?: string }>;
  };
  for (const field of Object.values(json.field_map)) {
    expect(field.description).toBeTruthy();
    delete field.description;
  }
  expect(json).toEqual(metadata.account_creation_schema);
  expect(comparableJson(CredentialDetailsAccountProvisioningSchema, accountCredentials)).toEqual(
    metadata.capabilities.credential_details.capability_account_provisioning,
  );
});

test("without a password Okta activates the user, who gets an email, in one call", async () => {
  const { create: make, asked, okta } = await changedOrg();
  const { outcome, resource, password } = await make({ ...ada, additionalAttributes: { department: "Math" } });
  expect(outcome).toBe("created");
  expect(password).toBeUndefined();
  const user = await okta(userAt);
  expect(user.status).toBe("PROVISIONED");
  expect(user.profile.department).toBe("Math");
  expect(resource.id).toMatchObject({ resourceType: "user", resource: user.id });
  expect(resource.displayName).toBe("Ada Lovelace");
  expect(asked).toEqual(["POST /api/v1/users?activate=true"]);
});

test("with a random password the user is active, and the password is given back as a secret", async () => {
  const { create: make, asked, okta, steps } = await changedOrg();
  const { password } = await make(ada, random);
  expect(password!.reveal()).toHaveLength(12);
  expect((await okta(userAt)).status).toBe("ACTIVE");
  expect(asked).toEqual(["POST /api/v1/users?activate=true"]);
  expect(JSON.stringify([asked, steps])).not.toContain(password!.reveal());
});

test.each([
  [{ ...ada, password_change_on_login_required: "true" }, random],
  [ada, { ...random, changeAtNextLogin: true }],
])("a password to be changed at the first sign-in is expired from the start", async (profile, password) => {
  const { create: make, asked, okta } = await changedOrg();
  await make(profile, password);
  expect((await okta(userAt)).status).toBe("PASSWORD_EXPIRED");
  expect(asked).toEqual(["POST /api/v1/users?activate=true&nextLogin=changePassword"]);
});

test("a required change without a password counts for nothing", async () => {
  const { create: make, asked } = await changedOrg();
  await make({ ...ada, password_change_on_login_required: true });
  expect(asked).toEqual(["POST /api/v1/users?activate=true"]);
});

test("create_inactive wins over an email that is not sent and a password that is to be changed", async () => {
  const { create: make, asked, okta } = await changedOrg();
  const profile = {
    ...ada,
    create_inactive: "1",
    send_activation_email: false,
    password_change_on_login_required: true,
  };
  const { resource } = await make(profile, random);
  expect(resource.status).toMatchObject({ status: Status_ResourceStatus.DISABLED, details: "STAGED" });
  expect((await okta(userAt)).status).toBe("STAGED");
  expect(asked).toEqual(["POST /api/v1/users?activate=false"]);
});

test("a federated user is sent with its provider, and Okta is told that it counts", async () => {
  const { create: make, asked, okta } = await changedOrg();
  await make({ ...ada, provider_type: "federation" });
  const user = await okta(userAt);
  expect(user.credentials.provider).toEqual({ type: "FEDERATION", name: "FEDERATION" });
  expect(user.status).toBe("ACTIVE");
  expect(asked).toEqual(["POST /api/v1/users?activate=true&provider=true"]);
});

test("without an activation email the user is staged, activated and read again", async () => {
  const { create: make, asked } = await changedOrg();
  const { resource } = await make({ ...ada, send_activation_email: "false" });
  expect(resource.status).toMatchObject({ status: Status_ResourceStatus.ENABLED, details: "PROVISIONED" });
  const id = resource.id!.resource;
  expect(asked).toEqual([
    "POST /api/v1/users?activate=false",
    `POST /api/v1/users/${id}/lifecycle/activate?sendEmail=false`,
    `GET /api/v1/users/${id}`,
  ]);
});

test.each([
  [{ ...ada, provider_type: "FEDERATION" }, random, /provider_type=FEDERATION cannot be combined/],
  [
    { ...ada, send_activation_email: "F", password_change_on_login_required: "T" },
    random,
    /send_activation_email=false cannot be combined with password_change_on_login_required=true/,
  ],
  [
    { ...ada, send_activation_email: false },
    { ...random, changeAtNextLogin: true },
    /send_activation_email=false cannot be combined with force_change_at_next_login=true/,
  ],
  [ada, { ...random, length: 7 }, /8 to 64/],
])("wishes that contradict each other are refused, and nothing is sent", async (profile, password, message) => {
  const { create: make, asked } = await changedOrg();
  await expect(make(profile, password)).rejects.toMatchObject({
    kind: "invalidArgument",
    message: expect.stringMatching(message),
  });
  expect(asked).toEqual([]);
});

test("a login that is taken gives the user who has it, who is left as it is", async () => {
  const { create: make, asked, okta } = await changedOrg();
  const profile = { ...ada, login: "USER22@acme.example", send_activation_email: false };
  const { outcome, resource, password } = await make(profile, random);
  expect(outcome).toBe("alreadyExists");
  expect(resource.id!.resource).toBe("00u1Y1WGmodBWr7pmdaP");
  expect(password).toBeUndefined();
  expect((await okta("/api/v1/users/00u1Y1WGmodBWr7pmdaP")).status).toBe("STAGED");
  expect(asked).toHaveLength(2);
});

test("a login whose holder cannot be read exists all the same", async () => {
  const { create: make, sandbox } = await changedOrg();
  sandbox.intercept(({ method }) => (method === "GET" ? { status: 403, body: { errorCode: "E0000006" } } : undefined));
  const { outcome, resource } = await make({ ...ada, login: "user22@acme.example" });
  expect(outcome).toBe("alreadyExists");
  expect(resource).toMatchObject({ displayName: "user22@acme.example" });
  expect(resource.id?.resource ?? "").toBe("");
});

test("what Okta refuses is passed on with its reason", async () => {
  const { create: make, okta } = await changedOrg();
  const refused = make({ ...ada, additionalAttributes: { unheardOf: 1 } });
  await expect(refused).rejects.toMatchObject({ kind: "invalidArgument", message: expect.stringMatching(/unheardOf/) });
  expect(await okta(userAt)).toBeUndefined();
});

test("a token that may not create users says what is missing", async () => {
  const { create: make } = await changedOrg(["READ_ONLY_ADMIN"]);
  await expect(make(ada)).rejects.toMatchObject({ kind: "permissionDenied", advice: expect.stringMatching(/role/) });
});

test("where the activation fails, the failure says who exists now, in which state, and what to do", async () => {
  const { create: make, sandbox, okta } = await changedOrg();
  sandbox.intercept(({ url }) =>
    url.includes("/lifecycle/activate")
      ? { status: 403, body: { errorCode: "E0000006", errorSummary: "You do not have permission" } }
      : undefined,
  );
  const failing = make({ ...ada, send_activation_email: false }, random);
  await expect(failing).rejects.toThrow();
  const user = await okta(userAt);
  expect(user.status).toBe("STAGED");
  await expect(failing).rejects.toMatchObject({
    kind: "permissionDenied",
    message: expect.stringMatching(`user ${user.id} was created and is staged, but could not be activated: .*403`),
    advice: expect.stringMatching(/enable_user/),
  });
  await expect(failing).rejects.toThrow(/nobody was given its password/);
});

test("an activation that Okta is not able to do now is not for the client to repeat by creating anew", async () => {
  const { create: make, sandbox } = await changedOrg();
  sandbox.intercept(({ url }) => (url.includes("/lifecycle/activate") ? "503" : undefined));
  await expect(make({ ...ada, send_activation_email: false })).rejects.toMatchObject({
    kind: "failedPrecondition",
    message: expect.stringMatching(/was created and is staged, but could not be activated: .*503/),
  });
});

test("an activation whose answer is lost is found to have happened", async () => {
  const { create: make, sandbox } = await changedOrg();
  let lost = 0;
  sandbox.intercept(({ url }) =>
    url.includes("/lifecycle/activate") && lost++ === 0 ? { kind: "reset", applied: true } : undefined,
  );
  const { outcome, resource } = await make({ ...ada, send_activation_email: false });
  expect(outcome).toBe("created");
  expect(resource.status!.details).toBe("PROVISIONED");
});

test("where only the last read fails, the user is created, and its state is not made up", async () => {
  const { create: make, sandbox } = await changedOrg();
  sandbox.intercept(({ method }) => (method === "GET" ? { status: 403, body: { errorCode: "E0000006" } } : undefined));
  const { outcome, resource } = await make({ ...ada, send_activation_email: false });
  expect(outcome).toBe("created");
  expect(resource.status).toMatchObject({ status: Status_ResourceStatus.UNSPECIFIED });
});

test.each(["reset", "cut", "500", "503"] as const)(
  "an answer (%s) lost after the user was made is not asked for again",
  async (kind) => {
    const { create: make, sandbox, asked, okta } = await changedOrg();
    sandbox.intercept(({ method }) => (method === "POST" ? { kind, applied: true } : undefined));
    const { outcome, resource, password } = await make(ada, random);
    expect(outcome).toBe("created");
    expect(resource.id!.resource).toBe((await okta(userAt)).id);
    expect(password).toBeDefined();
    expect(asked.filter((one) => one.startsWith("POST"))).toHaveLength(1);
  },
);

test("a lost answer before anything was made says that nothing exists", async () => {
  const { create: make, sandbox, asked, okta } = await changedOrg();
  sandbox.intercept(({ method }) => (method === "POST" ? "reset" : undefined));
  await expect(make(ada)).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringMatching(/answer to the creation was lost .*no user has the login, so nothing was created/),
  });
  expect(await okta(userAt)).toBeUndefined();
  expect(asked.filter((one) => one.startsWith("POST"))).toHaveLength(1);
});

test("a user who was there before a lost creation is not taken for ours", async () => {
  const { create: make, sandbox } = await changedOrg();
  sandbox.intercept(({ method }) => (method === "POST" ? "reset" : undefined));
  const { outcome, resource } = await make({ ...ada, login: "user22@acme.example" });
  expect(outcome).toBe("alreadyExists");
  expect(resource.id!.resource).toBe("00u1Y1WGmodBWr7pmdaP");
});

test("where nobody can tell who made a user, the failure says so", async () => {
  const { create: make, sandbox } = await changedOrg();
  await make(ada);
  sandbox.intercept(({ method }) => (method === "POST" ? "reset" : undefined));
  await expect(make({ ...ada, first_name: "Augusta" })).rejects.toMatchObject({
    kind: "failedPrecondition",
    message: expect.stringMatching(/user 00u\w+ has the login now \(status PROVISIONED\), but whether this call/),
  });
});

test("a lost answer and a read that fails too say that nothing is known", async () => {
  const { create: make, sandbox } = await changedOrg();
  sandbox.intercept(({ method }) => (method === "POST" ? "reset" : { status: 403, body: {} }));
  await expect(make(ada)).rejects.toMatchObject({
    message: expect.stringMatching(/whether the user exists now could not be read/),
    advice: expect.stringMatching(/look for the login/),
  });
});

test("an Okta that quotes the password spreads it nowhere", async () => {
  const { create: make, sandbox, steps } = await changedOrg();
  let sent = "";
  sandbox.intercept(({ method, body }) => {
    if (method !== "POST") return undefined;
    sent = JSON.parse(body).credentials.password.value;
    return { status: 400, body: { errorCode: "E0000001", errorSummary: `bad password ${sent}`, errorCauses: [] } };
  });
  const error = await make(ada, random).catch((failure) => failure);
  expect(sent).toHaveLength(12);
  expect(error.message).toContain("bad password [redacted]");
  expect(JSON.stringify([error, error.message, error.answer, error.cause?.message, steps])).not.toContain(sent);
});

test("a quoted password that looks like a login leaves nothing of itself either", async () => {
  const { create: make, sandbox } = await changedOrg();
  let sent = "";
  sandbox.intercept(({ method, body }) => {
    if (method !== "POST") return undefined;
    sent = JSON.parse(body).credentials.password.value;
    return { status: 400, body: { errorCode: "E0000001", errorSummary: `bad password ${sent}`, errorCauses: [] } };
  });
  const constraints = ["@", "(", ")"].map((charSet) => create(PasswordConstraintSchema, { charSet, minCount: 2 }));
  for (let tries = 0; tries < 10; tries++) {
    const error = await make(ada, { ...random, constraints }).catch((failure) => failure);
    expect(sent).toContain("@");
    expect(error.message).toContain("bad password [redacted]");
    expect(error.message).not.toContain("{login}");
  }
});

test("a caller who leaves hears that the user may exist", async () => {
  const { create: make, sandbox } = await changedOrg();
  const leave = new AbortController();
  sandbox.intercept(({ method }) => {
    if (method !== "POST") return undefined;
    leave.abort();
    return "hang";
  });
  await expect(make(ada, { kind: "none" }, { signal: leave.signal })).rejects.toMatchObject({
    kind: "cancelled",
    message: expect.stringMatching(/whether the user was created is not known/),
  });
});

test("a rehearsal tells each step, and sends none of them", async () => {
  const { create: make, asked, steps, okta } = await changedOrg();
  const profile = { ...ada, send_activation_email: false };
  const { outcome, resource, password } = await make(profile, random, { dryRun: true });
  expect(outcome).toBe("created");
  expect(resource.id!.resource).toBe("");
  expect(resource.displayName).toBe("Ada Lovelace");
  expect(password).toBeUndefined();
  expect(steps).toEqual([
    { phase: "planned", request: "POST /api/v1/users" },
    { phase: "planned", request: "POST /api/v1/users/{new user}/lifecycle/activate" },
  ]);
  expect(asked.filter((one) => !one.startsWith("GET"))).toEqual([]);
  expect(await okta(userAt)).toBeUndefined();
  const again = await make({ ...ada, login: "user22@acme.example" }, { kind: "none" }, { dryRun: true });
  expect(again.outcome).toBe("alreadyExists");
});

test.each([
  "",
  "no address",
  "ada",
  "ada@",
  "@acme.example",
  "ada@@acme.example",
  "ada..b@acme.example",
  "a b@acme.example",
])("%j is no email address, and nothing is asked", async (email) => {
  const { create: make, asked } = await changedOrg();
  await expect(make({ ...ada, email })).rejects.toMatchObject({
    kind: "invalidArgument",
    field: "account_info.profile.email",
  });
  expect(asked).toEqual([]);
});

test("an activation that Okta accepts and never shows is not called done", async () => {
  const { create: make, sandbox } = await changedOrg();
  sandbox.intercept(({ url }) => (url.includes("/lifecycle/activate") ? { status: 200, body: {} } : undefined));
  await expect(make({ ...ada, send_activation_email: false })).rejects.toMatchObject({
    kind: "failedPrecondition",
    message: expect.stringMatching(/was created and is staged, but could not be activated: .*still STAGED/),
  });
});
