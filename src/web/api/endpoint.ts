import type { Context } from "hono";
import type { Clock } from "../../runtime/clock.ts";
import type { Picture } from "../picture/picture.ts";
import type { SyncView } from "../picture/sync-view.ts";
import type { PageSession } from "../sign-in/sessions.ts";
import { Question } from "./question.ts";
import { csvOf, pageOf, type Table } from "./table.ts";

/** What endpoints answer from. */
export interface ApiDeps {
  readonly picture: Picture;
  readonly clock: Clock;
  /** The org's name; `""` where it is not known. */
  readonly org: string;
  readonly version: string;
  /** Whether people sign in, so that they can sign out. */
  readonly signsIn: boolean;
}

/** A request of the page, as an endpoint sees it. */
export interface Asked {
  readonly question: Question;
  /** The parts of the path that have names. */
  readonly param: (name: string) => string;
  readonly session: PageSession;
  /** The sync that is asked about. */
  readonly view: SyncView;
}

/** What an endpoint answers: JSON, or a table that may be asked for as CSV, with what else belongs to it. */
export type Answered =
  | { readonly json: unknown }
  // biome-ignore lint/suspicious/noExplicitAny: rows of any table.
  | { readonly table: Table<any>; readonly name: string; readonly more?: object };

/** Answers a GET request. Throws a `PageError` or a `Failure`. */
export type Endpoint = (asked: Asked, deps: ApiDeps) => Promise<Answered> | Answered;

/** Answers a request by an endpoint: as JSON, or as CSV where a table is asked for so. */
export async function answerApi(
  c: Context,
  session: PageSession,
  endpoint: Endpoint,
  deps: ApiDeps,
): Promise<Response> {
  const question = new Question(c.req.url);
  const view = deps.picture.view(question.text("sync"));
  const param = (name: string) => c.req.param(name) ?? "";
  const answered = await endpoint({ question, param, session, view }, deps);
  if ("json" in answered) return c.json(answered.json as object);
  const { table, name, more } = answered;
  if (!question.csv()) return c.json({ ...pageOf(table, question), ...more });
  c.header("Content-Type", "text/csv; charset=utf-8");
  c.header("Content-Disposition", `attachment; filename="${name.replace(/[^\w.-]+/g, "-").slice(0, 80)}.csv"`);
  return c.body(csvOf(table));
}
