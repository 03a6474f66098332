/**
 * Gives the memory of a buffer back at once, where no other buffer shares it; nothing can be read from it afterwards. The
 * bodies of answers are most of what a sync allocates, and outlive the quick rounds of the garbage collector while many
 * are on their way: without this they pile up by tens of megabytes until it goes through the whole heap.
 */
export function release({ buffer, byteLength }: Buffer): void {
  if (byteLength > 0 && buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
