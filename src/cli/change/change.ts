import type { WriteStep } from "../../baton/connector.ts";
import type { Lease } from "../../baton/leases/lease.ts";
import { shownTime } from "../../baton/leases/time.ts";
import type { ChangeCall } from "../../baton/provision/audit.ts";
import { entitlementOf, type GrantKey, grantOf } from "../../baton/provision/keys.ts";
import { BatonActionStatus } from "../../gen/c1/connector/v2/action_pb.ts";
import { scopesForChange } from "../../okta/api/auth/scopes.ts";
import { isFailure } from "../../runtime/failure.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { FlagValues } from "../flags/flags.ts";
import type { Output } from "../terminal/output.ts";
import { withAccountLedger } from "./account-ledger.ts";
import { actionNamed, isDestructive, typesOf } from "./actions.ts";
import { confirm, promptOn } from "./confirm.ts";
import { changeJson, changeText, entitlementName, resourceName } from "./report.ts";
import type { ChangeEnd, ChangeRequest } from "./request.ts";
import { type ChangeSession, withChanges } from "./session.ts";
import { suggested } from "./suggestions.ts";
import { idOfLogin } from "./user-id.ts";

/** An action is waited for as long as it may run, in milliseconds. */
const ACTION_WAIT_MS = 3_600_000;

/** Makes one change and tells how it ended. `flagForm`: it was asked for by flags alone, as programs do. */
export async function runChange(
  request: ChangeRequest,
  values: FlagValues,
  env: NodeJS.ProcessEnv,
  output: Output,
  { flagForm }: { readonly flagForm: boolean },
): Promise<ExitCode> {
  const scopes = scopesForChange(await changedTypes(request));
  return await withChanges(values, env, output, scopes, async (session) => {
    try {
      const question = await questionFor(request, session);
      if (question !== undefined) {
        await confirm(question, { given: values.yes || values["dry-run"], flagForm }, promptOn(output));
      }
      const planned: WriteStep[] = [];
      const end = await withAccountLedger(request, session, values, env, (provisioner) =>
        session.change((call) => make(request, { ...session, provisioner }, call), planned),
      );
      const report = { end, planned: values["dry-run"] ? planned : undefined, names: session.names };
      const lease = await leaseOf(end, session, values, env);
      if (values.output === "json") {
        const ends = lease && { lease: { id: lease.id, ends: shownTime(lease.ends) } };
        output.out(`${JSON.stringify({ ...changeJson(report), ...ends }, null, 2)}\n`);
        return EXIT.done;
      }
      output.out(changeText(report));
      if (lease !== undefined) {
        output.out(
          `It is there for lease ${lease.id} only, and is taken away ${shownTime(lease.ends)}. To keep it, end the lease (leases end ${lease.id}) and grant it again.\n`,
        );
      }
      return EXIT.done;
    } catch (error) {
      throw isFailure(error) ? suggested(error, request, session) : error;
    }
  });
}

/** The lease that what was to be granted is there for already. */
async function leaseOf(
  end: ChangeEnd,
  { org, log }: ChangeSession,
  values: FlagValues,
  env: NodeJS.ProcessEnv,
): Promise<Lease | undefined> {
  if (end.kind !== "grant" || !end.change.already) return undefined;
  const { heldByLease } = await import("../leases/held-by-lease.ts");
  return await heldByLease({ entitlement: end.entitlement, principal: end.principal, org }, values, env, log);
}

async function make(request: ChangeRequest, session: ChangeSession, call: ChangeCall): Promise<ChangeEnd> {
  const { provisioner } = session;
  switch (request.kind) {
    case "grant": {
      const entitlement = entitlementOf(request.entitlement);
      const { kind, principal } = request;
      return { kind, entitlement, principal, change: await provisioner.grant(entitlement, principal, call) };
    }
    case "revoke": {
      const grant = grantNamed(request.grant, session);
      return { kind: request.kind, grant, change: await provisioner.revoke(grant, call) };
    }
    case "delete": {
      const { kind, resource } = request;
      return { kind, resource, removal: await provisioner.remove(resource, call) };
    }
    case "createAccount":
      return { kind: request.kind, account: await provisioner.createAccount(request.request, call) };
    case "rotate": {
      const { kind, account, request: asked } = request;
      const id = account.id.includes("@") ? await idOfLogin(session.client, account.id, call) : account.id;
      return { kind, rotation: await provisioner.rotateCredential({ ...account, id }, asked, call) };
    }
    case "action": {
      const { name, args } = request;
      const resourceType = request.resourceType ?? provisioner.actions.schema(name).resourceTypeId;
      const run = await provisioner.actions.invoke({ name, args, resourceType, waitMs: ACTION_WAIT_MS }, call);
      if (run.status === BatonActionStatus.FAILED) throw run.failure;
      return { kind: request.kind, run };
    }
  }
}

function grantNamed(named: (ChangeRequest & { kind: "revoke" })["grant"], { connector }: ChangeSession): GrantKey {
  if (typeof named === "string") return grantOf(named, connector);
  return grantOf({ ...entitlementOf(named.entitlement), principal: named.principal }, connector);
}

/** What is asked before something is taken away; `undefined` where nothing is. */
async function questionFor(request: ChangeRequest, session: ChangeSession): Promise<string | undefined> {
  const { names } = session;
  switch (request.kind) {
    case "revoke": {
      const grant = grantNamed(request.grant, session);
      return `Take ${entitlementName(grant, names)} from ${resourceName(grant.principal, names)}?`;
    }
    case "delete":
      return `Delete ${resourceName(request.resource, names)}? It cannot be brought back.`;
    case "action": {
      const schema = session.provisioner.actions.schema(request.name);
      return isDestructive(schema) ? `Run ${request.name} with ${JSON.stringify(request.args)}?` : undefined;
    }
    default:
      return undefined;
  }
}

/** The resource types whose scopes a change takes. Ids that are malformed are reported later, with suggestions. */
async function changedTypes(request: ChangeRequest): Promise<readonly string[]> {
  const first = (id: string) => id.slice(0, Math.max(id.indexOf(":"), 0));
  switch (request.kind) {
    case "grant":
      return [first(request.entitlement)];
    case "revoke":
      return [first(typeof request.grant === "string" ? request.grant : request.grant.entitlement)];
    case "delete":
      return [request.resource.type];
    case "createAccount":
    case "rotate":
      return ["user"];
    case "action":
      return typesOf(await actionNamed(request.name));
  }
}
