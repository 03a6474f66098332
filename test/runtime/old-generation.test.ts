import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";

/** How large the heap of what has lived for a while gets, in MiB, in a process where it does not live for long. */
function largest(first: string): number {
  const script = `
    import { getHeapSpaceStatistics } from "node:v8";
    ${first}
    const kept = [];
    let largest = 0;
    for (let n = 0; n < 4_000_000; n++) {
      kept[n % 200_000] = { n, text: "x" + n };
      if (n % 10_000 > 0) continue;
      const { space_size } = getHeapSpaceStatistics().find((space) => space.space_name === "old_space");
      largest = Math.max(largest, space_size >> 20);
    }
    console.log(largest);`;
  return Number(execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }));
}

it("keeps the heap of what has lived for a while small, which grows otherwise", () => {
  const small = largest(
    `const { keepOldGenerationSmall } = await import("./src/runtime/old-generation.ts"); keepOldGenerationSmall(75);`,
  );
  expect(largest("")).toBeGreaterThan(1.2 * small);
});
