import type { Route } from "./route.ts";

/** What a path led to: a route with its values, or the methods that its path takes. */
export interface Match {
  readonly route: Route | undefined;
  /** The pattern that the path fits, as `/api/v1/groups/{groupId}`; absent where none does. */
  readonly pattern: string | undefined;
  readonly params: Readonly<Record<string, string>>;
  /** Methods that the path takes; empty where no pattern fits. */
  readonly methods: readonly string[];
}

interface Node {
  readonly literals: Map<string, Node>;
  placeholder: Node | undefined;
  routes: Map<string, Route> | undefined;
  pattern: string | undefined;
}

const NO_MATCH: Match = { route: undefined, pattern: undefined, params: {}, methods: [] };

/** Finds the route of a path. A literal segment wins over a placeholder. */
export class Router {
  readonly #root = emptyNode();

  constructor(routes: Iterable<Route>) {
    for (const route of routes) {
      let node = this.#root;
      for (const segment of route.pattern.split("/").slice(1)) {
        if (segment.startsWith("{")) {
          node.placeholder ??= emptyNode();
          node = node.placeholder;
        } else {
          let next = node.literals.get(segment);
          if (next === undefined) {
            next = emptyNode();
            node.literals.set(segment, next);
          }
          node = next;
        }
      }
      node.routes ??= new Map();
      node.pattern ??= route.pattern;
      node.routes.set(route.method, route);
    }
  }

  /** `path` is without the query and still percent-encoded. Throws `URIError` where its encoding is malformed. */
  match(method: string, path: string): Match {
    const segments = path.split("/").slice(1).map(decode);
    if (segments.length > 1 && segments.at(-1) === "") {
      segments.pop();
    }
    const found = find(this.#root, segments, 0, method) ?? find(this.#root, segments, 0, undefined);
    if (found?.routes === undefined) {
      return NO_MATCH;
    }
    const route = found.routes.get(method);
    const pattern = route?.pattern ?? found.pattern;
    return {
      route,
      pattern,
      params: pattern === undefined ? {} : valuesOf(pattern, segments),
      methods: [...found.routes.keys()],
    };
  }
}

function emptyNode(): Node {
  return { literals: new Map(), placeholder: undefined, routes: undefined, pattern: undefined };
}

function decode(segment: string): string {
  return segment.includes("%") ? decodeURIComponent(segment) : segment;
}

/** The node that the segments lead to; one that takes `method` where that is given. */
function find(node: Node, segments: readonly string[], at: number, method: string | undefined): Node | undefined {
  if (at === segments.length) {
    return node.routes !== undefined && (method === undefined || node.routes.has(method)) ? node : undefined;
  }
  const segment = segments[at]!;
  const literal = node.literals.get(segment);
  const found = literal === undefined ? undefined : find(literal, segments, at + 1, method);
  if (found !== undefined || node.placeholder === undefined || segment === "") {
    return found;
  }
  return find(node.placeholder, segments, at + 1, method);
}

function valuesOf(pattern: string, segments: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {};
  const names = pattern.split("/");
  for (let at = 1; at < names.length; at++) {
    const name = names[at]!;
    if (name.startsWith("{")) {
      params[name.slice(1, -1)] = segments[at - 1]!;
    }
  }
  return params;
}
