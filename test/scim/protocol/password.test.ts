import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { oktaUser, patch, startReceiver } from "../receiver.ts";

it("drops passwords, in whatever way they are sent, before they reach the disk or an answer", async () => {
  const folder = mkdtempSync(join(tmpdir(), "baton-okta-scim-"));
  const receiver = await startReceiver(join(folder, "scim.db"));
  const urn = "urn:ietf:params:scim:schemas:core:2.0:User";
  const answers: unknown[] = [];
  const made = await receiver.send("POST", "/Users", oktaUser(1, { password: "s3cr3t-word", PassWord: "s3cr3t-word" }));
  answers.push(made.body);
  const path = `/Users/${made.body.id}`;
  answers.push(await receiver.send("PUT", path, { ...oktaUser(1), Password: "s3cr3t-word" }));
  for (const operation of [
    { op: "replace", path: "password", value: "s3cr3t-word" },
    { op: "Add", path: `${urn}:password`, value: "s3cr3t-word" },
    { op: "replace", value: { password: "s3cr3t-word", [`${urn}:password`]: "s3cr3t-word", title: "Kept" } },
    { op: "replace", path: urn, value: { password: "s3cr3t-word" } },
  ]) {
    answers.push(await receiver.send("PATCH", path, patch(operation)));
  }
  answers.push(await receiver.send("POST", "/Users", '{"password":"s3cr3t-word", broken'));
  const user = await receiver.send("GET", path);
  expect(user.body.title).toBe("Kept");
  expect(JSON.stringify([answers, user])).not.toContain("s3cr3t");
  await receiver.close();
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1"));
  expect(files.length).toBeGreaterThan(0);
  expect(files.join("")).not.toContain("s3cr3t");
  rmSync(folder, { recursive: true, force: true });
});
