import type { SearchHit } from "../../api/contract.ts";
import { Icon } from "../design/icon.tsx";
import { plainText, sentenceCase } from "../design/text.ts";
import { KIND_ICON, nameOf } from "../things/thing-link.tsx";

/** Somebody or something that was found: what it is called, and what tells it from others of the name. */
export function Hit({ hit }: { hit: SearchHit }) {
  return (
    <>
      <Icon name={KIND_ICON[hit.kind]} />
      <span class="hit-text">
        <span class="hit-name">
          <bdi>{nameOf(hit)}</bdi>
        </span>
        {hit.detail !== "" && (
          <span class="hit-detail">
            <bdi>{plainText(hit.detail)}</bdi>
          </span>
        )}
      </span>
      <span class="hit-type">
        {hit.status === "DISABLED" || hit.status === "DELETED" ? `${sentenceCase(hit.status)} ` : ""}
        {sentenceCase(hit.type.replaceAll("-", "_"))}
      </span>
    </>
  );
}
