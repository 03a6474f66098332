const ORDER = ["critical", "high", "medium", "moderate", "low", "info", "none"];

/** Counts by danger, the most dangerous first; words that are not known come last. */
export function byDanger(counts: Readonly<Record<string, number>>): [danger: string, count: number][] {
  const place = (danger: string) => (ORDER.indexOf(danger.toLowerCase()) + ORDER.length + 1) % (ORDER.length + 1);
  return Object.entries(counts).toSorted(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1));
}
