import { useSession } from "../api/session.ts";
import { timeText } from "../design/text.ts";
import { changeQuery, useRoute } from "../route/navigation.ts";
import { useSyncName } from "../things/syncs.ts";

/** Which sync of the file is looked at. Nothing to choose where there is one. */
export function SyncChoice() {
  const { syncs, sync } = useSession();
  const { query } = useRoute();
  const syncName = useSyncName();
  const current = query.sync ?? sync ?? "";
  const shown = syncs.find(({ id }) => id === current);
  if (syncs.length < 2) {
    return shown ? <span class="sync-one">As of {timeText(shown.endedAt ?? shown.startedAt ?? "")}</span> : null;
  }
  return (
    <label class="sync-choice">
      <span class="visually-hidden">The sync that is looked at</span>
      <select
        value={current}
        onChange={({ currentTarget: { value } }) =>
          changeQuery({ sync: value === sync ? null : value, cursor: null, page: null })
        }
      >
        {syncs.toReversed().map((one) => (
          <option key={one.id} value={one.id} selected={one.id === current}>
            {syncName(one)}
          </option>
        ))}
      </select>
    </label>
  );
}
