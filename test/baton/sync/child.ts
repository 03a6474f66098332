import { appendFileSync } from "node:fs";
import type { GrantPage } from "../../../src/baton/connector.ts";
import { sync } from "../../../src/baton/sync/sync.ts";
import { connectorOf } from "./org.ts";
import { MIDDLE } from "./orgs.ts";

/*
 * A process that syncs and kills itself, as `kill -9` would, at the moment it was told: after so many
 * pages, while it stores one after that, or so many
 * milliseconds into a phase. It writes down each page that the connector answered.
 */
const [file, log, when = "", delay = "0"] = process.argv.slice(2) as [string, string, string?, string?];
let pages = 0;

const die = () => process.kill(process.pid, "SIGKILL");

/** A page whose last grant kills the process when it is stored: in the middle of the transaction. */
function deadly<P extends GrantPage>(page: P): P {
  const last = page.items.at(-1);
  if (when !== "storing" || pages < Number(delay) || !last) return page;
  const trap = Object.defineProperty({ ...last }, "principalType", { get: die });
  return { ...page, items: [...page.items.slice(0, -1), trap] };
}

const org = connectorOf(MIDDLE, {
  delay: () => 1,
  after(key) {
    appendFileSync(log, `${key}\n`);
    pages++;
    if (pages !== Number(delay)) return;
    if (when === "answered") die();
    if (when === "pages") setImmediate(die);
  },
});
const connector = {
  ...org,
  types: org.types.map((support) =>
    support.grants
      ? {
          ...support,
          grants: async (...args: Parameters<typeof support.grants>) => deadly(await support.grants!(...args)),
        }
      : support,
  ),
};
const result = await sync(connector, {
  file,
  binding: { org: "test" },
  selection: {},
  onProgress: ({ phase }) => {
    if (when !== phase) return;
    if (Number(delay) === 0) die();
    setTimeout(die, Number(delay));
  },
});
console.log(JSON.stringify(result));
