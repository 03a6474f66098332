import { setFlagsFromString } from "node:v8";

/**
 * Has V8 collect what is no longer used when the heap of what has lived for a while has grown by so many percent, not when
 * it has become up to four times as large: of pages of lists nearly all is garbage a moment later. At 75 it costs a few
 * hundredths of the CPU time. May be called at any time. Source: V8, `heap-growing-percent`.
 */
export function keepOldGenerationSmall(percent: number): void {
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}
