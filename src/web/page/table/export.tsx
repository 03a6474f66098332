import { Icon } from "../design/icon.tsx";
import { count } from "../design/text.ts";

/** What one sees as a file: all rows of it, with the filters that are set. */
export function Export({ href, rows }: { href: string; rows: number | null }) {
  return (
    <a class="button" href={href} download title={rows === null ? "All rows as CSV" : `${count(rows)} rows as CSV`}>
      <Icon name="download" />
      Export
    </a>
  );
}
