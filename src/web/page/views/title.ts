import { useEffect } from "preact/hooks";
import { useSession } from "../api/session.ts";

/** The title of a view: the page's first heading, and what the browser's tab says. */
export function useTitle(title: string): void {
  const { org, file } = useSession();
  useEffect(() => {
    document.title = `${title} · ${org || file}`;
  }, [title, org, file]);
}
