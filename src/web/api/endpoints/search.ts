import type { SearchResult } from "../contract.ts";
import type { Endpoint } from "../endpoint.ts";

/** `GET /api/search`: anybody and anything, as one types. */
export const search: Endpoint = async ({ question, view }) => {
  const [q, types, limit] = [question.q(), question.list("type", 20), question.limit(20)];
  const names = await view.names.value();
  const found: SearchResult = q.trim() === "" ? { hits: [], more: false } : names.search(q, types, limit);
  return { json: found };
};
