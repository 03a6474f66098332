import { useEffect, useState } from "preact/hooks";
import type { SearchHit, SearchResult } from "../../api/contract.ts";
import { apiAddress } from "../api/addresses.ts";
import { ask, keptAnswer } from "../api/answers.ts";
import { RequestFailure } from "../api/request.ts";

/** So long after the last key is asked. */
const TYPED_MS = 90;

/** So many hits are listed as one types. */
const MAX_HITS = 10;

/** What is found for a text. `hits` of a text that is still asked about are those of the text before. */
export interface Found {
  readonly text: string;
  readonly hits: readonly SearchHit[];
  readonly more: boolean;
  readonly failure: string;
}

const NOTHING: Found = { text: "", hits: [], more: false, failure: "" };

/** Looks for a text as it is typed. `type`: only resources of these types, with commas. */
export function useSearch(text: string, sync: string | undefined, type = ""): Found {
  const [found, setFound] = useState(NOTHING);
  useEffect(() => {
    const wanted = text.trim().slice(0, 200);
    if (wanted === "") {
      setFound(NOTHING);
      return;
    }
    const path = apiAddress("search", { q: wanted, type, limit: MAX_HITS, sync });
    const show = ({ hits, more }: SearchResult) => setFound({ text: wanted, hits, more, failure: "" });
    const known = keptAnswer<SearchResult>(path);
    if (known) {
      show(known);
      return;
    }
    const aborter = new AbortController();
    const timer = setTimeout(() => {
      ask<SearchResult>(path, aborter.signal).then(show, (error: unknown) => {
        if (aborter.signal.aborted) return;
        const failure = error instanceof RequestFailure ? error.message : String(error);
        setFound({ ...NOTHING, text: wanted, failure });
      });
    }, TYPED_MS);
    return () => {
      clearTimeout(timer);
      aborter.abort();
    };
  }, [text, sync, type]);
  return found;
}
