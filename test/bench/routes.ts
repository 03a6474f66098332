/**
 * What a full sync takes under the published limits, for orgs of five shapes: calls and minutes, alone and beside another
 * client that uses a fifth of each limit evenly, and how that compares with the floor: the best plan at the full limits, and
 * at what the other client leaves. Time passes only while requests wait, so a busy machine does not matter.
 *
 *     node test/bench/routes.ts [SHAPE...] [--route usual] [--without-log] [--beside PATH]
 *
 * `--route usual`: what the usual routes alone would take. `--without-log`: a sync of what has changed whose system log is
 * refused, in place of a full one. `--beside PATH`: another program's full sync as well, the Go original's say: its calls,
 * and the minutes that they take at least. Where there is no such program it is left out, and named.
 */
import { parseArgs } from "node:util";
import type { ForcedRoute } from "../../src/okta/plan/routes.ts";
import { type Measured, measure, SHAPES, type Shape } from "../okta/plan/virtual/measure.ts";
import { isAtHand, measureBeside } from "./beside.ts";

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    route: { type: "string" },
    "without-log": { type: "boolean", default: false },
    beside: { type: "string" },
  },
});
const route = values.route as ForcedRoute | undefined;
const beside = values.beside !== undefined && isAtHand(values.beside) ? values.beside : undefined;
if (values.beside !== undefined && beside === undefined) {
  console.log(`${values.beside} is not at hand, and is left out.`);
}

const minutes = (ms: number) => (ms / 60_000).toFixed(1).padStart(7);
const row = (cells: readonly (string | number)[]) => cells.map((cell) => String(cell).padStart(9)).join(" ");

/** Its columns in the row of a shape; none where it is not at hand. */
async function besideCells(shape: Shape): Promise<string[]> {
  if (beside === undefined) return [];
  try {
    const { calls, floorMs } = await measureBeside(beside, shape);
    return [String(calls), minutes(floorMs)];
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return ["failed", "-"];
  }
}

console.log(
  `${"".padEnd(24)}${row([
    ...["calls", "others", "minutes", "floor", "ratio", "left", "ratio", "429", "theirs"],
    ...(beside === undefined ? [] : ["beside", "at least"]),
  ])}`,
);
for (const shape of SHAPES) {
  if (wanted.length > 0 && !wanted.includes(shape.name)) continue;
  const more = await besideCells(shape);
  for (const others of [false, true]) {
    const found: Measured = await measure(shape, { others, route, withoutLog: values["without-log"] });
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
        ...(others ? [] : more),
      ])}`,
    );
    if (process.env.BENCH_VERBOSE) console.log(found.byBucket, found.byPattern);
  }
}
