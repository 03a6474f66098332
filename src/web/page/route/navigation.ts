import { useEffect, useState } from "preact/hooks";
import { formatRoute, parseRoute, type Query, type Route } from "./route.ts";

/** Called at every change of the route that is made without an event of the browser. */
const CHANGED = "baton-okta-route";

/** Where the page is now. */
export function currentRoute(): Route {
  return parseRoute(location.hash);
}

/** Where the page is, from now on at each change. */
export function useRoute(): Route {
  const [route, setRoute] = useState(currentRoute);
  useEffect(() => {
    const changed = () => setRoute(currentRoute());
    addEventListener("hashchange", changed);
    addEventListener(CHANGED, changed);
    return () => {
      removeEventListener("hashchange", changed);
      removeEventListener(CHANGED, changed);
    };
  }, []);
  return route;
}

/** The address of a view. The sync that is looked at stays the same. */
export function linkTo(path: readonly string[], query: Query = {}): string {
  return formatRoute(path, { ...query, sync: query.sync === undefined ? currentRoute().query.sync : query.sync });
}

/** Goes to a view, as a link does. */
export function goTo(path: readonly string[], query: Query = {}): void {
  location.hash = linkTo(path, query);
}

/** Changes some of the query and stays where one is. `replace`: without a step to go back to, as while one types. */
export function changeQuery(changes: Query, { replace = false } = {}): void {
  const { path, query } = currentRoute();
  const hash = formatRoute(path, { ...query, ...changes });
  if (hash === location.hash) return;
  if (replace) history.replaceState(null, "", hash);
  else history.pushState(null, "", hash);
  dispatchEvent(new Event(CHANGED));
}
