import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log/log.ts";
import type { PageChains } from "../../runtime/page-chains.ts";
import type { OktaOrigin } from "../api/http/domain.ts";
import type { Memo } from "./memo.ts";
import type { OktaOptions, Writer } from "./options.ts";
import type { Principals } from "./principals.ts";

/** What every resource type is made with. */
export interface Source {
  /** Forgets what is remembered whenever something is changed. */
  readonly client: Writer;
  readonly origin: Pick<OktaOrigin, "url">;
  readonly clock: Clock;
  readonly options: OktaOptions;
  readonly log: Log;
  readonly memo: Memo;
  /** Sees that every list ends, by its paths. */
  readonly chains: PageChains;
  readonly principals: Principals;
}
