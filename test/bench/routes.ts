/**
 * What a full sync takes under the published limits, for orgs of five shapes: calls and minutes, alone and beside another
 * client that uses a fifth of each limit evenly, and how that compares with the floor: the best plan at the full limits, and
 * at what the other client leaves. Time passes only while requests wait, so a busy machine does not matter. Run with
 * `node test/bench/routes.ts [SHAPE...]`; BENCH_ROUTE=usual shows what the usual routes alone would take.
 */
import type { ForcedRoute } from "../../src/okta/plan/routes.ts";
import { type Measured, measure, SHAPES } from "../okta/plan/virtual/measure.ts";

const route = process.env.BENCH_ROUTE as ForcedRoute | undefined;
const wanted = process.argv.slice(2);

const minutes = (ms: number) => (ms / 60_000).toFixed(1).padStart(7);
const row = (cells: readonly (string | number)[]) => cells.map((cell) => String(cell).padStart(9)).join(" ");

console.log(
  `${"".padEnd(18)}${row(["calls", "others", "minutes", "floor", "ratio", "left", "ratio", "429", "theirs"])}`,
);
for (const shape of SHAPES) {
  if (wanted.length > 0 && !wanted.includes(shape.name)) continue;
  for (const others of [false, true]) {
    const found: Measured = await measure(shape, { others, route });
    const name = `${shape.name}${others ? ", shared" : ""}`;
    console.log(
      `${name.padEnd(24)}${row([
        found.calls,
        found.othersCalls,
        minutes(found.ms),
        minutes(found.floorMs),
        found.floorMs === 0 ? "-" : (found.ms / found.floorMs).toFixed(2),
        minutes(found.leftFloorMs),
        found.leftFloorMs === 0 ? "-" : (found.ms / found.leftFloorMs).toFixed(2),
        found.refused,
        found.othersRefused,
      ])}`,
    );
    if (process.env.BENCH_VERBOSE) console.log(found.byBucket, found.byPattern);
  }
}
