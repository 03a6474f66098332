import type { Org } from "./org.ts";

/** An organisation that takes some hundred pages: enough to be killed at many moments. */
export const MIDDLE: Org = {
  users: 300,
  groups: Array.from({ length: 40 }, (_, group) =>
    Array.from({ length: group % 9 === 8 ? 0 : (group * 7) % 60 }, (_, place) => (group * 31 + place * 7) % 310).map(
      (n) => (n < 300 ? n : -n),
    ),
  ),
  roles: {
    ADMIN: { users: [0, 1, 2, 150], groups: [1, 5, 9, 30] },
    READER: { users: [], groups: [2, 3, 4, 5, 6, 7] },
    oddONE: { users: [77, 299], groups: [11, 12] },
  },
  vanished: [13, 21],
  pageSize: 10,
  fanOut: true,
  shifting: true,
  padding: 500,
};
