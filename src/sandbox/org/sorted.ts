/** Where `value` stands, or would stand, in an ascending list. */
export function position(list: readonly number[], value: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether an ascending list has `value`. */
export function has(list: readonly number[], value: number): boolean {
  return list[position(list, value)] === value;
}

/** Puts `value` into an ascending list; false where it was there already. */
export function add(list: number[], value: number): boolean {
  const at = position(list, value);
  if (list[at] === value) return false;
  if (at === list.length) list.push(value);
  else list.splice(at, 0, value);
  return true;
}

/** Takes `value` out of an ascending list; false where it was not there. */
export function remove(list: number[], value: number): boolean {
  const at = position(list, value);
  if (list[at] !== value) return false;
  list.splice(at, 1);
  return true;
}
