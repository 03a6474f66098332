import { protoJson } from "../../baton/model/json.ts";
import { BatonActionSchemaSchema } from "../../gen/c1/connector/v2/action_pb.ts";
import { EXIT } from "../exit.ts";
import type { FlagValues } from "../flags/flags.ts";
import type { RunOperation } from "../operations/operation.ts";
import type { Output } from "../terminal/output.ts";
import { accountRequest, rotationRequest } from "./account.ts";
import { actionSchemas, actionTable } from "./actions.ts";
import { runChange } from "./change.ts";
import { objectOf } from "./json.ts";
import type { ChangeRequest } from "./request.ts";

/** Asked for by flags alone: programs do that, and nobody may be there to be asked. */
const flagForm = { flagForm: true };

function changing(requestOf: (values: FlagValues) => ChangeRequest): RunOperation {
  return async (values, env, output) => await runChange(requestOf(values), values, env, output, flagForm);
}

export const grant = changing((values) => ({
  kind: "grant",
  entitlement: values["grant-entitlement"]!,
  principal: { type: values["grant-principal-type"]!, id: values["grant-principal"]! },
}));

export const revoke = changing((values) => ({ kind: "revoke", grant: values["revoke-grant"]! }));

export const remove = changing((values) => ({
  kind: "delete",
  resource: { type: values["delete-resource-type"]!, id: values["delete-resource"]! },
}));

export const createAccount = changing((values) => ({
  kind: "createAccount",
  request: accountRequest({
    profile: objectOf(values["create-account-profile"] ?? "{}", "--create-account-profile"),
    fill: { email: values["create-account-email"], login: values["create-account-login"] },
    resourceType: values["create-account-resource-type"],
    encryptTo: values["encrypt-to"],
  }),
}));

export const invokeAction = changing((values) => ({
  kind: "action",
  name: values["invoke-action"]!,
  args: objectOf(values["invoke-action-args"] ?? "{}", "--invoke-action-args"),
  ...(values["invoke-action-resource-type"] === undefined
    ? {}
    : { resourceType: values["invoke-action-resource-type"] }),
}));

export const listActions: RunOperation = async (values, _env, output) =>
  printActions(values["list-action-schemas-resource-type"], values, output);

export const rotate = changing((values) =>
  rotationRequest({
    account: { type: values["rotate-credentials-type"]!, id: values["rotate-credentials"]! },
    encryptTo: values["encrypt-to"],
  }),
);

/** Prints the actions, as a table or as JSON. */
export function printActions(resourceType: string | undefined, values: FlagValues, output: Output): typeof EXIT.done {
  const schemas = actionSchemas(resourceType);
  output.out(
    values.output === "json"
      ? `${JSON.stringify({ schemas: schemas.map((schema) => protoJson(BatonActionSchemaSchema, schema)) }, null, 2)}\n`
      : actionTable(schemas),
  );
  return EXIT.done;
}
