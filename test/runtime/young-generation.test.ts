import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";

/** How far the part of the heap for new objects grows, in KiB, in a process that makes many of them. */
function grown(first: string): number {
  const script = `
    import { getHeapSpaceStatistics } from "node:v8";
    ${first}
    let kept = [];
    for (let n = 0; n < 1_000_000; n++) {
      kept.push({ n, text: "x" + n });
      if (kept.length > 50_000) kept = [];
    }
    console.log(getHeapSpaceStatistics().find((space) => space.space_name === "new_space").space_size >> 10);`;
  return Number(execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }));
}

it("keeps the heap of new objects small, which grows otherwise", () => {
  const small = grown(
    `const { keepYoungGenerationSmall } = await import("./src/runtime/young-generation.ts"); keepYoungGenerationSmall();`,
  );
  expect(small).toBeLessThan(8 << 10);
  expect(grown("")).toBeGreaterThan(2 * small);
});
