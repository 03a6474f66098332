import { Buffer } from "node:buffer";
import { isStartedWith, type StartOptions } from "./system/restart.ts";
import { keepYoungGenerationSmall } from "./young-generation.ts";

/**
 * What keeps a program small that answers calls for days. V8: the part of the heap for new objects takes three times 2 MiB
 * at most, and code is optimized by the thread that runs it, as each thread that helps keeps the memory that optimizing
 * took, 13 MiB and more. glibc: threads share two heaps in place of one each. Measured with test/bench/rpc.ts.
 */
export const LOW_MEMORY: StartOptions = {
  flags: ["--max-semi-space-size=2", "--no-concurrent-recompilation"],
  env: { MALLOC_ARENA_MAX: "2" },
};

/** Bytes of the blocks that small buffers are cut from: one is kept for as long as any of its buffers is. */
const POOL_BYTES = 8 << 10;

/** The same, as far as it can be chosen after the start. */
export function keepMemoryLow(): void {
  Buffer.poolSize = POOL_BYTES;
  if (!isStartedWith(LOW_MEMORY)) keepYoungGenerationSmall();
}
