import type { Column } from "../rows.ts";

/** Why something is held; of temporary access also until when. */
export const whyColumn: Column = {
  name: "why",
  shown: ({ why, temporary }) => (temporary === undefined ? String(why) : `${why}; ${temporary}`),
};
