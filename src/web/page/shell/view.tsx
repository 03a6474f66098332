import { useSession } from "../api/session.ts";
import { Empty } from "../design/states.tsx";
import { linkTo } from "../route/navigation.ts";
import type { Route } from "../route/route.ts";
import { Admins } from "../views/admins/admins.tsx";
import { Changes } from "../views/changes/changes.tsx";
import { Compare } from "../views/compare/compare.tsx";
import { Findings } from "../views/findings/findings.tsx";
import { LISTS, ResourceList } from "../views/list/resource-list.tsx";
import { Overview } from "../views/overview/overview.tsx";
import { SearchResults } from "../views/search/search-results.tsx";
import { ThingView } from "../views/thing/thing.tsx";

/** The view of an address. */
export function View({ route: { path, query } }: { route: Route }) {
  const { views, sync } = useSession();
  const [name = "", type = "", id = ""] = path;
  if (!views.explore) return <ReviewsElsewhere />;
  if (sync === null) return <NoSync />;
  if (name === "") return <Overview />;
  if (LISTS[name] !== undefined) return <ResourceList key={name} list={name} />;
  if (name === "thing" && path.length === 3)
    return <ThingView key={`${type}:${id}:${query.sync ?? ""}`} type={type} id={id} />;
  if (name === "admins") return <Admins />;
  if (name === "findings" && views.findings) return <Findings />;
  if (name === "changes" && views.changes) return <Changes />;
  if (name === "compare") return <Compare />;
  if (name === "search") return <SearchResults />;
  return <NoView />;
}

function NoView() {
  return (
    <>
      <h1>No such view</h1>
      <Empty title="There is nothing at this address">
        <a href={linkTo([])}>Go to the overview</a>
      </Empty>
    </>
  );
}

/** For who may decide on what they are asked about, and look at nothing else. */
function ReviewsElsewhere() {
  return (
    <>
      <h1>Reviews have a page of their own</h1>
      <Empty title="There is nothing else that you may look at">
        What you are asked to decide on is behind the link that whoever runs the review sends you.
      </Empty>
    </>
  );
}

function NoSync() {
  return (
    <>
      <h1>Nothing to look at</h1>
      <Empty title="The file holds no finished full sync">
        Run <code>baton-okta sync</code> to its end, then open the file again.
      </Empty>
    </>
  );
}
