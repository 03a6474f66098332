import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openScimStore } from "../../../src/scim/store/store.ts";
import { inFolder, type Running, start } from "../../e2e/program.ts";
import { oktaGroup, oktaUser, patch, send, TOKEN } from "../receiver.ts";

/** How often the receiver is killed. */
const KILLS = 4;

async function up(folder: string): Promise<{ program: Running; url: string }> {
  const argv = ["scim", "--listen", "127.0.0.1:0", "--store", join(folder, "scim.db")];
  const program = start([...argv, "--token-file", join(folder, "tokens")]);
  for (;;) {
    const url = /Receiving SCIM at (\S+)/.exec(program.stdout())?.[1];
    if (url !== undefined) return { program, url };
    if (program.child.exitCode !== null) throw new Error(program.stderr());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

it("loses nothing that was answered, however often the receiver is killed between and within answers", async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "tokens"), `okta:${TOKEN}\n`);
    const active = new Map<string, boolean>();
    const members = new Set<string>();
    let group = "";
    let serial = 0;
    for (let kill = 0; kill <= KILLS; kill++) {
      const { program, url } = await up(folder);
      // The last one is let be.
      const stopAt = kill === KILLS ? Number.POSITIVE_INFINITY : 10 + kill * 3;
      group ||= (await send(url, "POST", "/Groups", oktaGroup("Killed"))).body.id;
      for (let step = 0; step < 25; step++) {
        const request = step === stopAt ? program.child.kill("SIGKILL") : true;
        if (!request) break;
        try {
          const made = await send(url, "POST", "/Users", oktaUser(`k${serial++}`));
          const id: string = made.body.id;
          active.set(id, true);
          if (step % 3 === 0) {
            await send(url, "PATCH", `/Users/${id}`, patch({ op: "replace", value: { active: false } }));
            active.set(id, false);
          }
          await send(url, "PATCH", `/Groups/${group}`, patch({ op: "add", path: "members", value: [{ value: id }] }));
          members.add(id);
        } catch {
          break;
        }
      }
      program.child.kill("SIGKILL");
      await program.ended;
    }
    expect(active.size).toBeGreaterThan(50);
    const store = await openScimStore(join(folder, "scim.db"), { mustExist: true });
    const users = await store.db.selectFrom("scim_user").select(["id", "active"]).execute();
    const found = new Map(users.map((row) => [row.id, row.active === 1]));
    for (const [id, was] of active) {
      // What was cut off in the middle may have come to its end without an answer; what was answered is there.
      if (!was) expect(found.get(id)).toBe(false);
      else expect(found.has(id)).toBe(true);
    }
    const rows = await store.db.selectFrom("scim_member").select("member_id").where("group_id", "=", group).execute();
    const there = new Set(rows.map((row) => row.member_id));
    expect([...members].filter((id) => !there.has(id))).toEqual([]);
    await store.close();
  });
});
