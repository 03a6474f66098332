import type { SearchResult } from "../../../api/contract.ts";
import { apiAddress } from "../../api/addresses.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { Empty, Failed, Skeleton } from "../../design/states.tsx";
import { counted, plainText } from "../../design/text.ts";
import { linkTo, useRoute } from "../../route/navigation.ts";
import { Hit } from "../../search/hit.tsx";
import { thingAddress } from "../../things/thing-link.tsx";
import { useTitle } from "../title.ts";

const MAX_HITS = 100;

/** All that is found for a text. */
export function SearchResults() {
  const { query } = useRoute();
  const q = query.q ?? "";
  useTitle(`Search: ${plainText(q)}`);
  const { value, failure, again } = useAnswer<SearchResult>(
    q === "" ? null : apiAddress("search", { q, limit: MAX_HITS, sync: query.sync }),
  );
  return (
    <>
      <header class="view-head">
        <h1>
          Search: <bdi>{plainText(q)}</bdi>
        </h1>
        <p class="lead" role="status">
          {value
            ? `${counted(value.hits.length, "result")}${value.more ? ", and more" : ""}, the likeliest first.`
            : "\u00a0"}
        </p>
      </header>
      {failure ? (
        <Failed failure={failure} again={again} />
      ) : value === undefined ? (
        <Skeleton lines={12} />
      ) : value.hits.length === 0 ? (
        <Empty title="Nothing is called so">
          Names, logins, emails and ids are looked through, from their beginnings on.
        </Empty>
      ) : (
        <ul class="result-list">
          {value.hits.map((hit) => (
            <li key={`${hit.type}:${hit.id}`}>
              <a class="hit" href={thingAddress(hit)}>
                <Hit hit={hit} />
              </a>
            </li>
          ))}
        </ul>
      )}
      {value?.more && (
        <p class="muted">
          There are more. <a href={linkTo(["everything"], { q })}>See all in a table</a>
        </p>
      )}
    </>
  );
}
