import { namesOf } from "../../baton/access/names.ts";
import { entitlementId } from "../../baton/model/ids.ts";
import type { SyncContent } from "../../baton/snapshot/content.ts";
import { Status_ResourceStatus as Status } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { OktaPerson, OktaSide } from "../../scim/check/compare.ts";

/** What a snapshot of Okta's API says of people and groups. */
export class SnapshotSide implements OktaSide {
  readonly #content: SyncContent;
  readonly people = new Map<string, OktaPerson>();
  readonly #byLogin = new Map<string, OktaPerson>();
  readonly #groups = new Map<string, string[]>();

  constructor(content: SyncContent) {
    this.#content = content;
    for (const { message } of content.resources("user")) {
      const id = message.id?.resource ?? "";
      const { login } = namesOf(message);
      const person: OktaPerson = { id, login, state: stateOf(message.status?.status, message.status?.details) };
      this.people.set(id, person);
      if (login !== "") this.#byLogin.set(login.toLowerCase(), person);
    }
    for (const { message } of content.resources("group")) {
      const name = message.displayName.toLowerCase();
      this.#groups.set(name, [...(this.#groups.get(name) ?? []), message.id?.resource ?? ""]);
    }
  }

  person(id: string | null, login: string): OktaPerson | undefined {
    return (id === null ? undefined : this.people.get(id)) ?? this.#byLogin.get(login.toLowerCase());
  }

  groups(id: string | null, name: string): readonly string[] {
    if (id !== null && this.#content.findResource("group", id) !== undefined) return [id];
    return this.#groups.get(name.toLowerCase()) ?? [];
  }

  members(groupId: string): Set<string> {
    const members = new Set<string>();
    const filter = { entitlementId: entitlementId("group", groupId, "member"), principalType: "user" };
    for (const { principal } of this.#content.grants(filter)) members.add(principal.id);
    return members;
  }
}

function stateOf(status: number | undefined, details: string | undefined): OktaPerson["state"] {
  if (details === "SUSPENDED") return "suspended";
  return status === Status.DISABLED || status === Status.DELETED ? "inactive" : "active";
}
