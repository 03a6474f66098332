import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { StoredResource } from "../../snapshot/content.ts";
import { parseTime } from "../../snapshot/time.ts";
import { AccessGraph } from "../graph.ts";
import { namesOf } from "../names.ts";
import type { ExportForm, ExportSource } from "./form.ts";

/** The schema's version. Source: https://schema.ocsf.io/1.3.0/classes/user_inventory. */
const OCSF_VERSION = "1.3.0";
const CLASS_USER_INVENTORY = 5003;
const CATEGORY_DISCOVERY = 5;
const ACTIVITY_COLLECT = 2;
const SEVERITY_INFORMATIONAL = 1;
const ACCOUNT_OTHER = 99;

/**
 * OCSF 1.3 *User Inventory Info* (5003), an event a user and line: who there is, and in which groups. Times are in
 * milliseconds. What is not known (whether somebody has a second factor, say) is left out.
 */
export const ocsf: ExportForm = {
  about: "OCSF 5003 (User Inventory Info), one JSON object a line",
  stream: true,
  files: (source) => [
    {
      name: "user_inventory.jsonl",
      *write() {
        const graph = new AccessGraph(source.content);
        for (const user of source.content.resources("user", "id")) {
          yield `${JSON.stringify(userInventory(user, graph, source))}\n`;
        }
      },
    },
  ],
};

function userInventory(user: StoredResource, graph: AccessGraph, source: ExportSource): object {
  const { sync, org, snapshotSha256, version } = source;
  const { message } = user;
  const { name, login, email } = namesOf(message);
  const id = message.id?.resource ?? "";
  const time = parseTime(sync.endedAt ?? sync.startedAt) ?? 0;
  const created = message.createdAt && timestampMs(message.createdAt);
  return {
    activity_id: ACTIVITY_COLLECT,
    activity_name: "Collect",
    category_uid: CATEGORY_DISCOVERY,
    category_name: "Discovery",
    class_uid: CLASS_USER_INVENTORY,
    class_name: "User Inventory Info",
    type_uid: CLASS_USER_INVENTORY * 100 + ACTIVITY_COLLECT,
    type_name: "User Inventory Info: Collect",
    severity_id: SEVERITY_INFORMATIONAL,
    severity: "Informational",
    time,
    metadata: {
      version: OCSF_VERSION,
      product: { name: "baton-okta", vendor_name: "baton-okta", version },
      uid: `${sync.syncId}:${id}`,
      correlation_uid: sync.syncId,
    },
    user: {
      uid: id,
      name: login || name || id,
      ...(name !== "" && { full_name: name }),
      ...(email !== "" && { email_addr: email }),
      ...(org !== "" && { domain: org }),
      type_id: 1,
      type: "User",
      account: { uid: id, name: login || id, type_id: ACCOUNT_OTHER, type: "Okta" },
      groups: groupsOf(id, graph),
    },
    unmapped: {
      snapshot_sha256: snapshotSha256,
      ...(message.status?.details && { status: message.status.details }),
      ...(created !== undefined && { created_time: created }),
    },
  };
}

function groupsOf(id: string, graph: AccessGraph): object[] {
  const groups: object[] = [];
  for (const way of graph.groupsOf({ type: "user", id }).values()) {
    const { type, id: group } = way.at(-1)!;
    if (type !== "group") continue;
    const found = graph.content.findResource(type, group)?.message;
    const description = found?.profile?.description;
    const kind = found?.profile?.type;
    groups.push({
      uid: group,
      ...(found?.displayName && { name: found.displayName }),
      ...(typeof description === "string" && description !== "" && { desc: description }),
      ...(typeof kind === "string" && kind !== "" && { type: kind }),
    });
  }
  return groups;
}
