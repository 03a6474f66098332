import type { ResourceRow } from "../../../api/contract.ts";
import { Badge } from "../../design/badge.tsx";
import { count, dayText, plainText, sentenceCase } from "../../design/text.ts";
import type { Column } from "../../table/columns.ts";
import { StatusBadge } from "../../things/status.tsx";
import { ThingLink } from "../../things/thing-link.tsx";

const dash = <span class="muted">–</span>;

const text = (value: string | null) => (value === null || value === "" ? dash : <bdi>{plainText(value)}</bdi>);

/** A time of which a day is enough. */
const day = (value: string | null) => (value === null ? dash : <time dateTime={value}>{dayText(value)}</time>);

const NAME: Column<ResourceRow> = {
  id: "name",
  label: "Name",
  sort: "name",
  main: true,
  cell: (row) => (
    <span class="name-cell">
      <ThingLink thing={row} />
      {row.admin && <Badge tone="accent">Admin</Badge>}
    </span>
  ),
};
const TYPE: Column<ResourceRow> = {
  id: "type",
  label: "Type",
  cell: ({ type }) => sentenceCase(type.replaceAll("-", "_")),
};
const LOGIN: Column<ResourceRow> = { id: "login", label: "Login", cell: ({ login }) => text(login) };
const EMAIL: Column<ResourceRow> = { id: "email", label: "Email", cell: ({ email }) => text(email) };
const STATUS: Column<ResourceRow> = {
  id: "status",
  label: "Status",
  sort: "status",
  cell: ({ status, statusDetail }) =>
    status === "UNSPECIFIED" && statusDetail === "" ? dash : <StatusBadge status={status} detail={statusDetail} />,
};
const DETAIL: Column<ResourceRow> = { id: "detail", label: "Description", cell: ({ detail }) => text(detail) };
const HELD: Column<ResourceRow> = {
  id: "held",
  label: "Holds",
  sort: "held",
  numeric: true,
  cell: ({ held }) => count(held),
};
const HOLDERS: Column<ResourceRow> = {
  id: "holders",
  label: "Held by",
  sort: "holders",
  numeric: true,
  cell: ({ holders }) => count(holders),
};
const SIGN_IN: Column<ResourceRow> = {
  id: "lastSignIn",
  label: "Last sign-in",
  sort: "lastSignIn",
  numeric: true,
  cell: ({ lastSignIn }) => day(lastSignIn),
};
const CREATED: Column<ResourceRow> = {
  id: "created",
  label: "Created",
  hidden: true,
  numeric: true,
  cell: ({ createdAt }) => day(createdAt),
};
const ID: Column<ResourceRow> = { id: "id", label: "Id", hidden: true, cell: ({ id }) => <code>{plainText(id)}</code> };

const hidden = <Row,>(column: Column<Row>): Column<Row> => ({ ...column, hidden: true });

/** The columns of a list by its name. */
export const COLUMNS: Readonly<Record<string, readonly Column<ResourceRow>[]>> = {
  people: [NAME, LOGIN, hidden(EMAIL), STATUS, SIGN_IN, HELD, CREATED, ID],
  groups: [NAME, DETAIL, HOLDERS, HELD, CREATED, ID],
  apps: [NAME, DETAIL, STATUS, HOLDERS, hidden(HELD), CREATED, ID],
  roles: [NAME, TYPE, hidden(DETAIL), HOLDERS, CREATED, ID],
  "non-human": [NAME, TYPE, hidden(LOGIN), DETAIL, STATUS, HELD, SIGN_IN, CREATED, ID],
  everything: [NAME, TYPE, DETAIL, hidden(LOGIN), STATUS, HOLDERS, HELD, hidden(SIGN_IN), CREATED, ID],
};

/** A column for a field of the profile. */
export function fieldColumn(field: string): Column<ResourceRow> {
  return {
    id: `profile.${field}`,
    label: sentenceCase(field),
    hidden: true,
    cell: ({ fields }) => text(fields[field] ?? null),
  };
}
