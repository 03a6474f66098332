/**
 * A text of at most `most` characters, with an ellipsis where it is cut: some are written to push everything else off
 * the screen. Only what people read is cut, never JSON or CSV.
 */
export function shortened(text: string, most: number): string {
  const letters = [...text.slice(0, 4 * most)];
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : text;
}
