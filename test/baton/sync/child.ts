import { appendFileSync } from "node:fs";
import { sync } from "../../../src/baton/sync/sync.ts";
import { connectorOf } from "./org.ts";
import { MIDDLE } from "./orgs.ts";

/*
 * A process that syncs and kills itself, as `kill -9` would, at the moment it was told: after so many pages, or so many
 * milliseconds into a phase. It writes down each page that the connector answered.
 */
const [file, log, when = "", delay = "0"] = process.argv.slice(2) as [string, string, string?, string?];
let pages = 0;

const die = () => process.kill(process.pid, "SIGKILL");

const connector = connectorOf(MIDDLE, {
  delay: () => 1,
  after(key) {
    appendFileSync(log, `${key}\n`);
    pages++;
    if (pages !== Number(delay)) return;
    if (when === "answered") die();
    if (when === "pages") setImmediate(die);
  },
});
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
