const WORDS: readonly (readonly [kind: string, line: string, words: string])[] = [
  ["stated", "edge known-stated", "stated by the other side"],
  ["deduced", "edge known-deduced", "deduced from it"],
  ["unknown", "edge known-unknown", "not known how"],
  ["rule", "edge edge-rule", "a rule fills the group"],
  ["reaches", "edge edge-reaches", "a role reaches it"],
];

/** What the lines of a picture say; only of those that are in it. */
export function Legend({ kinds }: { kinds: ReadonlySet<string> }) {
  return (
    <ul class="legend">
      {WORDS.filter(([kind]) => kinds.has(kind)).map(([kind, line, words]) => (
        <li key={kind}>
          <svg width="28" height="8" aria-hidden="true" focusable="false">
            <path class={line} d="M1 4H27" />
          </svg>
          {words}
        </li>
      ))}
    </ul>
  );
}
