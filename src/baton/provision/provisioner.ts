import KSUID from "ksuid";
import type { CreateAccountRequest } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log/log.ts";
import type { Call, Change, Connector, Removal } from "../connector.ts";
import { type ResourceKey, resourceKey } from "../model/ids.ts";
import { type AccountResult, createAccount } from "./accounts.ts";
import { type ActionRuns, createActionRuns } from "./actions/runs.ts";
import { type AuditTrail, audited, type ChangeCall, type Operation } from "./audit.ts";
import { type RotationAsked, type RotationResult, rotateCredential } from "./credentials.ts";
import {
  cannot,
  checkKey,
  type EntitlementKey,
  entitlementOf,
  entitlementText,
  type GrantKey,
  grantOf,
  supportOf,
} from "./keys.ts";

/** What a provisioner works with. */
export interface ProvisionerDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Where each change is kept, besides the log. */
  readonly audit?: AuditTrail | undefined;
  /** Who asks, where a call does not say. */
  readonly actor: string;
}

/**
 * Changes access, one request at a time, against any connector. Methods throw a `Failure`: `invalidArgument` (naming
 * what), `notFound` (no such type, resource, principal or entitlement), `unimplemented` (the type lacks the ability),
 * `failedPrecondition`, or whatever the other side refuses. Each change is audited.
 */
export interface Provisioner {
  /** Gives an entitlement, named by its id or its parts, to a principal. */
  grant(entitlement: string | EntitlementKey, principal: ResourceKey, call: ChangeCall): Promise<Change>;
  /** Takes a grant, named by its id or its parts, away. */
  revoke(grant: string | GrantKey, call: ChangeCall): Promise<Change>;
  /** Deletes a resource. */
  remove(resource: ResourceKey, call: ChangeCall): Promise<Removal>;
  /** Creates an account as the wire's request asks. Whatever is wrong with the request is found before anything is created. */
  createAccount(request: CreateAccountRequest, call: ChangeCall): Promise<AccountResult>;
  /** Replaces the password of an account, as the wire's request asks. */
  rotateCredential(resource: ResourceKey, asked: RotationAsked, call: ChangeCall): Promise<RotationResult>;
  /** Runs actions, and knows how they went. */
  readonly actions: ActionRuns;
}

/** Makes a provisioner. */
export function createProvisioner(connector: Connector, deps: ProvisionerDeps): Provisioner {
  const { clock, log, audit: trail, actor } = deps;
  const begin = (call: ChangeCall, operation: Operation): Call => {
    const id = KSUID.randomSync(clock.now()).string;
    return audited(call, operation, { clock, log, trail, actor: call.actor ?? actor, id });
  };

  return {
    async grant(named, principal, call) {
      const entitlement = entitlementOf(named);
      checkKey(principal, "the principal");
      const { resource, slug } = entitlement;
      const support = supportOf(connector, resource.type);
      if (support.grant === undefined) throw cannot(resource.type, "granted");
      return await support.grant(
        resource.id,
        slug,
        principal,
        begin(call, {
          operation: "grant",
          on: entitlementText(entitlement),
          principal: resourceKey(principal.type, principal.id),
        }),
      );
    },

    async revoke(named, call) {
      const grant = grantOf(named, connector);
      const { resource, slug, principal } = grant;
      const support = supportOf(connector, resource.type);
      if (support.revoke === undefined) throw cannot(resource.type, "revoked");
      return await support.revoke(
        resource.id,
        slug,
        principal,
        begin(call, {
          operation: "revoke",
          on: entitlementText(grant),
          principal: resourceKey(principal.type, principal.id),
        }),
      );
    },

    async remove(resource, call) {
      checkKey(resource, "the resource");
      const support = supportOf(connector, resource.type);
      if (support.remove === undefined) throw cannot(resource.type, "deleted");
      return await support.remove(
        resource.id,
        begin(call, { operation: "delete", on: resourceKey(resource.type, resource.id) }),
      );
    },

    async createAccount(request, call) {
      const { login, email } = request.accountInfo?.profile ?? {};
      const whom = [login, email].find((text) => typeof text === "string" && text !== "");
      const operation = {
        operation: "create account",
        ...(typeof whom === "string" ? { on: whom, isPersonal: true } : {}),
      };
      return await createAccount(connector, request, begin(call, operation));
    },

    async rotateCredential(resource, asked, call) {
      checkKey(resource, "the resource");
      const operation = { operation: "rotate credential", on: resourceKey(resource.type, resource.id) };
      return await rotateCredential(connector, resource, asked, begin(call, operation));
    },

    actions: createActionRuns(connector.actions ?? [], { clock, log, begin }),
  };
}
