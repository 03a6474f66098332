import type { ResourceDetail } from "../../../api/contract.ts";
import { apiAddress, resourcePath } from "../../api/addresses.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { Icon } from "../../design/icon.tsx";
import { plainText } from "../../design/text.ts";
import { useRoute } from "../../route/navigation.ts";
import { Combobox } from "../../search/combobox.tsx";
import { filterBy } from "../../table/filters.ts";
import { StatusBadge } from "../../things/status.tsx";
import { ThingLink } from "../../things/thing-link.tsx";

/** One of the two that are compared: chosen, or to be chosen. */
export function Side({ side, label, chosen }: { side: "left" | "right"; label: string; chosen: string }) {
  const { query } = useRoute();
  const at = chosen.indexOf(":");
  const path =
    at < 0 ? null : apiAddress(resourcePath(chosen.slice(0, at), chosen.slice(at + 1)), { sync: query.sync });
  const { value, failure } = useAnswer<ResourceDetail>(path);
  if (path === null) {
    return (
      <div class="side">
        <Combobox
          label={`${label}: find somebody`}
          placeholder={`${label}: find somebody`}
          onChoose={({ type, id }) => filterBy({ [side]: `${type}:${id}` })}
        />
      </div>
    );
  }
  return (
    <div class="side is-chosen">
      {value ? (
        <span class="side-text">
          <ThingLink thing={value} />
          <span class="muted">
            <bdi>{plainText(value.login || value.detail)}</bdi>
          </span>
          <StatusBadge status={value.status} detail={value.statusDetail} />
        </span>
      ) : (
        <span class="side-text">{failure ? failure.message : "\u00a0"}</span>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label={`${label}: choose somebody else`}
        onClick={() => filterBy({ [side]: null, only: null })}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
