import type { ComponentChildren } from "preact";
import type { Computed, Headline } from "../../../api/contract.ts";
import { Icon, type IconName } from "../../design/icon.tsx";
import { NotKnown } from "../../design/states.tsx";
import { count, counted, sentence } from "../../design/text.ts";
import { linkTo } from "../../route/navigation.ts";

/** The numbers of the first line, each a way to what it counts. */
export function Headlines({ headline }: { headline: Computed<Headline> }) {
  if (headline.state === "notKnown") return <NotKnown>{sentence(headline.message)}</NotKnown>;
  const known = headline.state === "ready" ? headline.value : undefined;
  return (
    <ul class="headlines" aria-busy={known === undefined}>
      <Total icon="person" label="People" to="people" value={known?.people}>
        {known && statusText(known)}
      </Total>
      <Total icon="role" label="Admins" to="admins" value={known?.admins}>
        {known && (known.admins === null ? "Roles were not read" : shareText(known.admins, known.people))}
      </Total>
      <Total icon="robot" label="Non-human" to="non-human" value={known && nonHumanTotal(known.nonHuman)}>
        {known && nonHumanText(known.nonHuman)}
      </Total>
      <Total icon="group" label="Groups" to="groups" value={known?.groups} />
      <Total icon="app" label="Apps" to="apps" value={known?.apps} />
      <Total icon="other" label="Grants" to="everything" value={known?.grants}>
        {known && "who has what, each way counted"}
      </Total>
    </ul>
  );
}

interface TotalProps {
  readonly icon: IconName;
  readonly label: string;
  readonly to: string;
  /** `null`: not known; `undefined`: on its way. */
  readonly value: number | null | undefined;
  readonly children?: ComponentChildren;
}

function Total({ icon, label, to, value, children }: TotalProps) {
  return (
    <li>
      <a class="headline" href={linkTo([to])}>
        <span class="headline-label">
          <Icon name={icon} size={14} />
          {label}
        </span>
        <span class="headline-value">
          {value === undefined ? (
            <span class="skeleton-line" />
          ) : value === null ? (
            <span class="headline-unknown">Not known</span>
          ) : (
            count(value)
          )}
        </span>
        <span class="headline-more">{children}</span>
      </a>
    </li>
  );
}

const STATUS_WORDS: Readonly<Record<string, string>> = {
  ENABLED: "active",
  DISABLED: "disabled",
  DELETED: "deleted",
  UNSPECIFIED: "of no stated status",
};

function statusText({ peopleByStatus }: Headline): string {
  const order = Object.keys(STATUS_WORDS);
  return Object.entries(peopleByStatus)
    .filter(([, many]) => many > 0)
    .toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b))
    .map(([status, many]) => `${count(many)} ${STATUS_WORDS[status] ?? status.toLowerCase()}`)
    .join(", ");
}

function shareText(admins: number, people: number): string {
  if (people === 0 || admins === 0) return "";
  const share = (admins / people) * 100;
  return `${share < 1 ? "less than 1" : Math.round(share)}% of all people`;
}

/** A number that is not whole is none where it is 0. */
function nonHumanTotal({ total, notKnown }: Headline["nonHuman"]): number | null {
  return total === 0 && notKnown.length > 0 ? null : total;
}

function nonHumanText({ serviceAccounts, apps, secrets, notKnown }: Headline["nonHuman"]): string {
  const parts = [
    ...(serviceAccounts > 0 ? [counted(serviceAccounts, "service account")] : []),
    ...(apps > 0 ? [counted(apps, "app")] : []),
    ...(secrets > 0 ? [counted(secrets, "secret")] : []),
    ...(notKnown.length > 0 ? ["not all of it was read"] : []),
  ];
  return parts.join(", ");
}
