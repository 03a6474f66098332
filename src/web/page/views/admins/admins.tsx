import type { AdminFlows, AdminRole } from "../../../api/contract.ts";
import { apiAddress } from "../../api/addresses.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { Panel } from "../../design/panel.tsx";
import { Empty, Failed, Notice, Skeleton } from "../../design/states.tsx";
import { count, counted, plainText } from "../../design/text.ts";
import { AdminFlowPicture, wayName } from "../../pictures/admin-flow.tsx";
import { linkTo, useRoute } from "../../route/navigation.ts";
import { PlainTable } from "../../table/plain-table.tsx";
import { ThingLink } from "../../things/thing-link.tsx";
import { useTitle } from "../title.ts";

/** So many flows are drawn; the table has no more either, the roles' own pages have. */
const MAX_FLOWS = 40;

/** Who is admin through what. */
export function Admins() {
  useTitle("Admins");
  const { query } = useRoute();
  const { value, failure, again } = useAnswer<AdminFlows>(apiAddress("admins", { limit: MAX_FLOWS, sync: query.sync }));
  return (
    <>
      <header class="view-head">
        <h1>Admins</h1>
        <p class="lead">
          {value ? (
            <>
              <a href={linkTo(["people"], { admin: "true" })}>{counted(value.admins, "person", "people")}</a> hold an
              administrative role, themselves or through a group.
            </>
          ) : (
            "\u00a0"
          )}
        </p>
      </header>
      {failure ? <Failed failure={failure} again={again} /> : value ? <Found found={value} /> : <Skeleton lines={14} />}
    </>
  );
}

function Found({ found: { flows, leftOut, roles, notKnown } }: { found: AdminFlows }) {
  return (
    <>
      {notKnown.length > 0 && (
        <Notice tone="unknown" title="There may be more admins than are shown">
          <ul>
            {notKnown.map((one) => (
              <li key={one}>{plainText(one)}</li>
            ))}
          </ul>
        </Notice>
      )}
      {flows.length === 0 ? (
        <Empty icon="role" title="Nobody holds an administrative role in this snapshot" />
      ) : (
        <div class="panels">
          <Panel title="Through what" aside={leftOut > 0 && `${counted(leftOut, "smaller way")} left out`}>
            <AdminFlowPicture flows={flows} roles={roles} />
          </Panel>
          <Panel title="The same as a table" span={6}>
            <PlainTable
              caption="Who is admin through what"
              heads={["Way", "Role", "#People"]}
              rows={flows.map(({ kind, via, role, people }) => [
                via ? <ThingLink thing={via} /> : wayName(kind, null),
                <ThingLink key="role" thing={role} />,
                count(people),
              ])}
            />
          </Panel>
          <Panel title="By role" span={6}>
            <Roles roles={roles} />
          </Panel>
        </div>
      )}
    </>
  );
}

function Roles({ roles }: { roles: readonly AdminRole[] }) {
  return (
    <PlainTable
      caption="Roles, and how many hold them"
      heads={["Role", "#People", "#Groups", "#Apps"]}
      rows={roles.map(({ role, people, groups, apps }) => [
        <ThingLink key="role" thing={role} />,
        count(people),
        count(groups),
        count(apps),
      ])}
    />
  );
}
