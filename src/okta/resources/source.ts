import type { Log } from "../../runtime/log.ts";
import type { Memo } from "./memo.ts";
import type { OktaOptions, Reader } from "./options.ts";
import type { Principals } from "./principals.ts";

/** What every resource type is made with. */
export interface Source {
  readonly client: Reader;
  readonly options: OktaOptions;
  readonly log: Log;
  readonly memo: Memo;
  readonly principals: Principals;
}
