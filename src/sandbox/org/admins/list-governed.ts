import type { Org } from "../org.ts";
import { type GovernedRolesForm, governing } from "./governed.ts";

/** Shows the governed roles of `org` in this form from now on; assignments that are there already follow. */
export function listGovernedRoles(org: Org, form: GovernedRolesForm): void {
  org.governedRoles = form;
  for (const holder of [...org.users, ...org.groups]) {
    holder?.roles.forEach((row, at) => {
      if (row.role !== undefined) holder.roles[at] = { ...row, ...governing(row.type, form) };
    });
  }
}
