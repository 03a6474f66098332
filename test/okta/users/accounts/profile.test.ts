import { expect, test } from "vitest";
import type { JsonObject } from "../../../../src/baton/connector.ts";
import { readProfile } from "../../../../src/okta/users/accounts/profile.ts";
import { isFailure } from "../../../../src/runtime/failure.ts";

const whole = { first_name: "Ada", last_name: "Lovelace", email: "ada@acme.example" };
const read = (more: JsonObject = {}) => readProfile({ ...whole, ...more });

test("what is left out has its default", () => {
  expect(read()).toEqual({
    profile: { firstName: "Ada", lastName: "Lovelace", email: "ada@acme.example", login: "ada@acme.example" },
    login: "ada@acme.example",
    createInactive: false,
    sendActivationEmail: true,
    passwordChangeOnLogin: false,
    federated: false,
  });
});

test("null counts as absent, unknown keys are passed over", () => {
  const keys = "login create_inactive send_activation_email password_change_on_login_required provider_type";
  const nulls = Object.fromEntries([...keys.split(" "), "additionalAttributes"].map((key) => [key, null]));
  expect(read({ ...nulls, emails: ["other@acme.example"], groups: { a: 1 } })).toEqual(read());
});

test("a login of its own and further attributes are taken", () => {
  const additionalAttributes = { department: "Math", level: 3, isCool: true, tags: ["a"], title: null };
  const { profile, login } = read({ login: "ada", additionalAttributes });
  expect(login).toBe("ada");
  expect(profile).toEqual({
    firstName: "Ada",
    lastName: "Lovelace",
    email: "ada@acme.example",
    login: "ada",
    ...additionalAttributes,
  });
});

test.each([...["1", "t", "T", "true", "True", "TRUE"], true])("%j is true", (value) => {
  expect(read({ create_inactive: value }).createInactive).toBe(true);
});

test.each([...["0", "f", "F", "false", "False", "FALSE"], false])("%j is false", (value) => {
  expect(read({ send_activation_email: value }).sendActivationEmail).toBe(false);
});

test.each(["FEDERATION", "federation", "Federation", " federation "])("%j is federated", (provider_type) => {
  expect(read({ provider_type }).federated).toBe(true);
});

test.each(["OKTA", "okta", ""])("%j is not federated", (provider_type) => {
  expect(read({ provider_type }).federated).toBe(false);
});

test.each([
  ["first_name", null],
  ["last_name", " "],
  ["email", ""],
  ["email", 1],
  ["first_name", true],
  ["last_name", ["Lovelace"]],
  ["login", { a: 1 }],
  ["create_inactive", "yes"],
  ["create_inactive", ""],
  ["create_inactive", 1],
  ["send_activation_email", []],
  ["password_change_on_login_required", "tRUE"],
  ["provider_type", "LDAP"],
  ["provider_type", true],
  ["additionalAttributes", "{}"],
  ["additionalAttributes", []],
  ["additionalAttributes", { login: "eve" }],
  ["additionalAttributes", { firstName: "Eve" }],
] as const)("%s as %j is refused, and named", (key, value) => {
  try {
    readProfile({ ...whole, [key]: value } as JsonObject);
    expect.unreachable();
  } catch (error) {
    expect(isFailure(error, "invalidArgument") && error.message).toContain(key);
    expect(isFailure(error) && error.field).toBe(`account_info.profile.${key}`);
  }
});
