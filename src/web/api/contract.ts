/**
 * What the page's server and the page in the browser say to each other, as types: JSON over `/api/`. Nothing here is code,
 * so that both sides may import it.
 *
 * - Times are texts of RFC 3339 in UTC (`2026-11-24T13:52:54Z`); ages and spans are milliseconds.
 * - Texts are as the snapshot holds them and may be hostile: they are shown as text, never as HTML.
 * - Lists are {@link Page}s. `limit` is 1 to 200 (50 without it); a `cursor` is opaque and good for the same question only.
 * - `sync=ID` names the sync that is looked at; without it the newest finished full one is.
 * - Tables are also answered as CSV, all pages of them, with `format=csv` in place of `cursor` and `limit`.
 * - What fails answers an {@link ApiError}.
 */
export type * from "./contract/access.ts";
export type * from "./contract/changes.ts";
export type * from "./contract/findings.ts";
export type * from "./contract/overview.ts";
export type * from "./contract/resources.ts";
export type * from "./contract/session.ts";
export type * from "./contract/shared.ts";
