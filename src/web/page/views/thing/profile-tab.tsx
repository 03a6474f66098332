import type { ResourceDetail } from "../../../api/contract.ts";
import { Panel } from "../../design/panel.tsx";
import { Empty } from "../../design/states.tsx";
import { count, plainText, sentenceCase } from "../../design/text.ts";
import { linkTo } from "../../route/navigation.ts";
import { PlainTable } from "../../table/plain-table.tsx";
import { useSyncName } from "../../things/syncs.ts";

const dash = <span class="muted">–</span>;

/** Every field that the snapshot holds of a thing, and its entitlements. */
export function ProfileTab({ thing }: { thing: ResourceDetail }) {
  const { id, type, profile, entitlements, entitlementsTotal, seen } = thing;
  const syncName = useSyncName();
  return (
    <div class="panels">
      <Panel title="Profile">
        {profile.length === 0 ? (
          <Empty title="The snapshot holds no profile of it" />
        ) : (
          <PlainTable
            caption="Profile"
            heads={["Field", "Value"]}
            rows={[
              ["Id", <code key="id">{plainText(id)}</code>],
              ...profile.map(({ name, value }) => [
                sentenceCase(name),
                value === "" ? dash : <bdi key={name}>{plainText(value)}</bdi>,
              ]),
            ]}
          />
        )}
        <p class="panel-note">
          First seen {syncName(seen.first)}, last seen {syncName(seen.last)}: in {count(seen.syncs)} of this file's
          syncs.
        </p>
      </Panel>
      {entitlements.length > 0 && (
        <Panel
          title="Entitlements"
          aside={entitlementsTotal > entitlements.length && `${entitlements.length} of ${count(entitlementsTotal)}`}
        >
          <PlainTable
            caption="Entitlements"
            heads={["Entitlement", "Description", "#Grants"]}
            rows={entitlements.map((one) => [
              <a key={one.id} href={linkTo(["thing", type, id], { tab: "holders", entitlement: one.id })}>
                <bdi>{plainText(one.name || one.id)}</bdi>
              </a>,
              <bdi key="text">{plainText(one.description)}</bdi>,
              count(one.holders),
            ])}
          />
        </Panel>
      )}
    </div>
  );
}
