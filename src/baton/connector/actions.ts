import type { BatonActionSchema } from "../../gen/c1/connector/v2/action_pb.ts";
import type { Call } from "./call.ts";
import type { JsonObject } from "./json.ts";

/** Something a connector does on request. Its arguments have been checked against the schema before `run` is called. */
export interface Action {
  /** Name, arguments, results and the resource type it belongs to. */
  readonly schema: BatonActionSchema;
  /** Does it, and answers the results. Throws a {@link Failure}; `invalidArgument` names the argument. */
  run(args: JsonObject, call: Call): Promise<JsonObject>;
}
