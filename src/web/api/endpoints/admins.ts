import type { AdminFlows } from "../contract.ts";
import type { Endpoint } from "../endpoint.ts";

/** `GET /api/admins`: who is admin, and through what. */
export const admins: Endpoint = async ({ question, view }) => {
  const limit = question.limit(100);
  const [names, access] = [await view.names.value(), await view.access.value()];
  const { flows, total } = access.flows(limit);
  const roles = access.adminRoles().map(({ role, ...counts }) => ({ role: names.thing(role), ...counts }));
  const { admins: people } = access.headline();
  const missing = view.content.missing() ?? [];
  const answer: AdminFlows = {
    admins: people ?? 0,
    flows: flows.map(({ kind, via, role, people }) => ({
      kind: kind === "direct" || kind === "group" ? kind : "unknown",
      via: kind === "group" ? names.thing(via) : null,
      role: names.thing(role),
      people,
    })),
    leftOut: total - flows.length,
    roles,
    notKnown: [
      ...(people === null ? ["admin roles were not read"] : []),
      ...(roles.length === 0 && people !== null ? ["no admin is in the snapshot, and an org has at least one"] : []),
      ...missing,
    ],
  };
  return { json: answer };
};
