import { DANGER_LEVELS } from "../../../baton/model/danger.ts";
import type { ChangesQuery } from "../../changes/listed.ts";
import { PageError } from "../../page-error.ts";
import type { ChangeCounts, ChangeRow } from "../contract.ts";
import type { Endpoint } from "../endpoint.ts";
import { syncInfo } from "../shown.ts";
import type { Table } from "../table.ts";
import { computed } from "./overview.ts";

const CHANGES = ["added", "removed", "changed"] as const;

/** `GET /api/changes`: what changed between two syncs, the most dangerous first. */
export const changes: Endpoint = async ({ question, view }, { picture }) => {
  const to = picture.view(question.text("to") ?? view.run.syncId).run;
  const named = question.text("from");
  const query: ChangesQuery = {
    danger: question.oneOf("danger", DANGER_LEVELS),
    change: question.oneOf("change", CHANGES),
    subject: question.text("subject") === undefined ? undefined : question.key("subject"),
    q: question.q(),
  };
  const from = named === undefined ? picture.before(to) : picture.view(named).run;
  const empty = { rows: [], next: null, total: null, counts: null, to: syncInfo(to) };
  if (from === undefined) {
    const message = "the file holds no earlier full sync to compare with";
    if (question.csv()) throw new PageError("notFound", message);
    return { json: { ...empty, from: null, state: "notKnown", message } };
  }
  const background = picture.changes(from, to);
  const state = computed(background, (listed) => listed);
  if (state.state !== "ready" && !question.csv()) return { json: { ...empty, from: syncInfo(from), ...state } };
  const listed = state.state === "ready" ? state.value : await background.value();
  const counts: ChangeCounts = { from: syncInfo(from), to: syncInfo(to), ...listed.counts() };
  const table: Table<ChangeRow> = {
    position: ["number"],
    read(at, limit) {
      const found = listed.list(query, Number(at?.[0] ?? 0), limit + 1);
      const part = found.slice(0, limit);
      return { rows: part.map(({ row }) => row), next: found.length > limit ? [part.at(-1)!.place] : undefined };
    },
    total: () => listed.count(query),
    columns: {
      danger: ({ danger }) => danger,
      why: ({ text }) => text,
      change: ({ change }) => change,
      what: ({ what }) => what,
      principal_type: ({ principal }) => principal?.type ?? "",
      principal: ({ principal }) => principal?.id ?? "",
      principal_name: ({ principal }) => principal?.name ?? "",
      resource_type: ({ resource }) => resource?.type ?? "",
      resource: ({ resource }) => resource?.id ?? "",
      resource_name: ({ resource }) => resource?.name ?? "",
      entitlement: ({ entitlement }) => entitlement,
      fields: ({ fields }) =>
        fields.map(({ name, before, after }) => `${name}: ${before ?? ""} -> ${after ?? ""}`).join("; "),
    },
  };
  return { table, name: "changes", more: { state: "ready", from: counts.from, to: counts.to, counts } };
};
