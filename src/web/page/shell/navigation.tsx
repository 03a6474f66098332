import { useSession } from "../api/session.ts";
import { Icon, type IconName } from "../design/icon.tsx";
import { count } from "../design/text.ts";
import { linkTo, useRoute } from "../route/navigation.ts";
import { typesOf } from "../things/kinds.ts";

interface Entry {
  readonly to: string;
  readonly label: string;
  readonly icon: IconName;
  readonly count?: number;
}

/** Where one can go. */
export function Navigation({ open }: { open: boolean }) {
  const { views, types } = useSession();
  const [here = ""] = useRoute().path;
  const explore: Entry[] = [
    { to: "", label: "Overview", icon: "overview" },
    { to: "people", label: "People", icon: "person" },
    { to: "groups", label: "Groups", icon: "group" },
    { to: "apps", label: "Apps", icon: "app" },
    { to: "roles", label: "Roles", icon: "role" },
    { to: "non-human", label: "Non-human", icon: "robot" },
    { to: "everything", label: "Everything", icon: "other" },
  ];
  const counted = explore.map((entry) => {
    const kinds = typesOf(entry.to, types);
    return kinds === undefined ? entry : { ...entry, count: kinds.reduce((sum, { resources }) => sum + resources, 0) };
  });
  const judge: Entry[] = [
    { to: "admins", label: "Admins", icon: "secret" },
    ...(views.findings ? [{ to: "findings", label: "Findings", icon: "finding" } as const] : []),
    ...(views.changes ? [{ to: "changes", label: "Changes", icon: "changes" } as const] : []),
    { to: "compare", label: "Compare", icon: "compare" },
  ];
  return (
    <nav id="navigation" class={`navigation ${open ? "is-open" : ""}`} aria-label="Views">
      {views.explore && <Entries title="Explore" entries={counted} here={here} />}
      {views.explore && <Entries title="Assess" entries={judge} here={here} />}
    </nav>
  );
}

function Entries({ title, entries, here }: { title: string; entries: readonly Entry[]; here: string }) {
  return (
    <>
      <p class="navigation-title">{title}</p>
      <ul>
        {entries.map(({ to, label, icon, count: many }) => (
          <li key={to}>
            <a href={linkTo(to === "" ? [] : [to])} aria-current={to === here ? "page" : undefined}>
              <Icon name={icon} />
              <span>{label}</span>
              {many !== undefined && <span class="navigation-count">{count(many)}</span>}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
