import type { ResourceKey } from "../../baton/model/ids.ts";
import { Failure } from "../../runtime/failure.ts";
import type { CommandModule } from "../command.ts";
import { GRANT_FLAGS } from "../flags/leases.ts";
import { ACCESS_FLAGS } from "../flags/provision.ts";
import { requireAccess } from "../settings.ts";
import { runChange } from "./change.ts";
import { leaseAsked } from "./lease-asked.ts";
import type { ChangeRequest } from "./request.ts";
import { readChangeSettings } from "./settings.ts";

/** The command `grant` or `revoke`. */
export function changeCommand(name: "grant" | "revoke"): CommandModule["run"] {
  const ownFlags = (name === "grant" ? GRANT_FLAGS : ACCESS_FLAGS) as typeof GRANT_FLAGS;
  return async ({ argv, env, output }) => {
    const { values, own, flags, positionals } = await readChangeSettings(name, ownFlags, argv, env, output);
    const lease = leaseAsked(own);
    if (own.from !== undefined) {
      if (positionals.length > 0) {
        throw new Failure({ kind: "usage", message: `${name} takes --from or what to ${name}, not both` });
      }
      requireAccess(values);
      const { runBulk } = await import("./bulk-run.ts");
      const { from, results, concurrency } = own;
      const principalType = own["principal-type"];
      return await runBulk({ name, from, results, concurrency, principalType, lease }, values, env, output);
    }
    for (const flag of ["results", "concurrency"]) {
      if (flags.has(flag)) throw new Failure({ kind: "usage", message: `--${flag} goes with --from only` });
    }
    const request = requestOf(name, positionals, own["principal-type"]);
    requireAccess(values);
    if (lease !== undefined && request.kind === "grant") {
      const { grantUntil } = await import("../leases/grant.ts");
      return await grantUntil(request, lease, values, env, output);
    }
    return await runChange(request, values, env, output, { flagForm: false });
  };
}

function requestOf(
  name: "grant" | "revoke",
  positionals: readonly string[],
  principalType: string | undefined,
): ChangeRequest {
  const [first, second, more] = positionals;
  if (first !== undefined && second !== undefined && more === undefined) {
    const principal = principalOf(second, principalType);
    return name === "grant"
      ? { kind: "grant", entitlement: first, principal }
      : { kind: "revoke", grant: { entitlement: first, principal } };
  }
  if (name === "revoke" && first !== undefined && more === undefined) return { kind: "revoke", grant: first };
  throw new Failure({
    kind: "usage",
    message:
      name === "grant"
        ? "grant takes an entitlement and a principal"
        : "revoke takes a grant, or an entitlement and a principal",
    advice: `write baton-okta ${name} group:00g1abcd:member 00u1abcd`,
  });
}

/** A principal as `TYPE:ID`, or as an id of the type that is given or `user`. */
function principalOf(text: string, type: string | undefined): ResourceKey {
  const colon = text.indexOf(":");
  if (type === undefined && colon > 0) return { type: text.slice(0, colon), id: text.slice(colon + 1) };
  return { type: type ?? "user", id: text };
}
