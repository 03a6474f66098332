import { describe, expect, it } from "vitest";
import { runHere } from "../in-process.ts";

/** Every setting that decides what is read of Okta, with a value that is not its default. */
const CHOICES = [
  "--filter-email-domains=acme.example",
  "--skip-secondary-emails",
  "--skip-app-groups",
  "--sync-inactive-apps=false",
  "--sync-custom-roles",
  "--sync-secrets",
  "--sync-reach",
  "--sync-findings",
];

describe.each([
  ["--source scim", ["--source", "scim", "--store", "/nowhere/scim.db"]],
  ["--connector", ["--connector", "127.0.0.1:1", "--connector-plaintext"]],
])("what is read of Okta, with %s", (name, source) => {
  it.each(CHOICES)("refuses %s, of which nothing would come", async (choice) => {
    const ended = await runHere(["sync", ...source, choice, "-f", "/nowhere/x.c1z"]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(`With ${name} nothing comes of ${choice.replace(/=(?!false)\S+/, "")}`);
  });
});
