import type { Change, JsonObject, Removal } from "../../baton/connector.ts";
import type { ResourceKey } from "../../baton/model/ids.ts";
import type { AccountResult } from "../../baton/provision/accounts.ts";
import type { ActionRun } from "../../baton/provision/actions/run.ts";
import type { RotationAsked, RotationResult } from "../../baton/provision/credentials.ts";
import type { EntitlementKey, GrantKey } from "../../baton/provision/keys.ts";
import type { CreateAccountRequest } from "../../gen/c1/connector/v2/resource_pb.ts";

/** One change that was asked for on the command line. */
export type ChangeRequest =
  | { readonly kind: "grant"; readonly entitlement: string; readonly principal: ResourceKey }
  | {
      readonly kind: "revoke";
      readonly grant: string | { readonly entitlement: string; readonly principal: ResourceKey };
    }
  | { readonly kind: "delete"; readonly resource: ResourceKey }
  | { readonly kind: "createAccount"; readonly request: CreateAccountRequest }
  | { readonly kind: "rotate"; readonly account: ResourceKey; readonly request: RotationAsked }
  | { readonly kind: "action"; readonly name: string; readonly args: JsonObject; readonly resourceType?: string };

/** How a change ended. */
export type ChangeEnd =
  | {
      readonly kind: "grant";
      readonly entitlement: EntitlementKey;
      readonly principal: ResourceKey;
      readonly change: Change;
    }
  | { readonly kind: "revoke"; readonly grant: GrantKey; readonly change: Change }
  | { readonly kind: "delete"; readonly resource: ResourceKey; readonly removal: Removal }
  | { readonly kind: "createAccount"; readonly account: AccountResult }
  | { readonly kind: "rotate"; readonly rotation: RotationResult }
  | { readonly kind: "action"; readonly run: ActionRun };
