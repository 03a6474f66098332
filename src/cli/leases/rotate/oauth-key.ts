import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import type { JWK } from "jose";
import type { Call } from "../../../baton/connector.ts";
import type { OktaClient } from "../../../okta/api/client.ts";
import type { Clock } from "../../../runtime/clock.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import type { Log } from "../../../runtime/log/log.ts";
import { readState, removeState, swapText, writeState } from "./state.ts";

/** How far the rotation of a key is: written before each step, so that whoever comes after a crash goes on. */
export interface RotationState {
  /** `made`: the new key is here only; `registered`: Okta has it; `swapped`: the key file holds it. */
  readonly step: "made" | "registered" | "swapped";
  readonly clientId: string;
  /** The new private key. */
  readonly jwk: JWK & { readonly kid: string };
  readonly oldKid: string;
  /** Okta's ids of the keys. */
  readonly newId?: string;
  readonly oldId?: string | undefined;
  /** When the old key goes, in milliseconds since the Unix epoch. */
  readonly retireAt?: number;
}

/** What a key is rotated with. */
export interface KeyRotation {
  readonly keyFile: string;
  readonly clientId: string;
  /** The id of the key that the key file holds now. */
  readonly keyId: string;
  readonly graceMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** A client that signs in with the key in the key file, or with the one that is given. */
  connect(jwk?: RotationState["jwk"]): Promise<OktaClient>;
  /** Called before each step: where it throws, the rotation stops there. */
  readonly before?: (step: string) => void;
}

interface OktaKey {
  readonly id?: string;
  readonly kid?: string;
  readonly status?: string;
  readonly created?: string;
}

/** How often a new key is tried, which Okta may take a while to know everywhere, and the pause between, in milliseconds. */
const TRIES = 10;
const PAUSE_MS = 2000;

/** How a rotation stands when it is left: `waiting`: the old key goes when its grace time is over. */
export type Rotated = { readonly outcome: "rotated" | "waiting"; readonly kid: string; readonly retireAt?: number };

/**
 * Gives an OAuth app a new key: made here, registered with Okta, tried, put into the key file, and the old one retired
 * after a grace time. Killed at any step it leaves a key file that works; called again it goes on there. Source: Okta
 * Management API, OAuth 2.0 client JSON Web Keys of an app.
 */
export async function rotateKey(deps: KeyRotation, call: Call): Promise<Rotated> {
  const { keyFile, clock, log, before = () => {} } = deps;
  let state = await readState<RotationState>(keyFile);
  if (state === undefined) {
    before("make");
    state = { step: "made", clientId: deps.clientId, jwk: await newKey(), oldKid: deps.keyId };
    await writeState(keyFile, state);
    log.info("made a new key", { kid: state.jwk.kid });
  }
  if (state.clientId !== deps.clientId) {
    throw new Failure({
      kind: "failedPrecondition",
      message: `a rotation of another app, ${state.clientId}, is under way for this key file`,
      advice: "finish it with that app's settings first",
    });
  }
  if (state.step === "made") state = await register(deps, state, call);
  if (state.step === "registered") {
    // A key file that holds the new key was swapped by a run that died right after.
    if (deps.keyId !== state.jwk.kid) {
      before("try");
      await tried(deps, state, call);
      before("swap");
      await swapText(keyFile, `${JSON.stringify(state.jwk, null, 2)}\n`);
    }
    before("note");
    state = { ...state, step: "swapped", retireAt: clock.now() + deps.graceMs };
    await writeState(keyFile, state);
    log.info("the key file holds the new key", { kid: state.jwk.kid });
  }
  const { jwk, retireAt = 0 } = state;
  if (clock.now() < retireAt) return { outcome: "waiting", kid: jwk.kid, retireAt };
  await retire(deps, state, call);
  before("forget");
  await removeState(keyFile);
  log.info("the old key is retired", { kid: state.oldKid });
  return { outcome: "rotated", kid: jwk.kid };
}

/** When the key in the key file was made, where Okta says so. */
export async function keyCreated(
  client: OktaClient,
  clientId: string,
  kid: string,
  call: Call,
): Promise<number | undefined> {
  const created = Date.parse((await keysOf(client, clientId, call)).find((key) => key.kid === kid)?.created ?? "");
  return Number.isNaN(created) ? undefined : created;
}

async function register(deps: KeyRotation, state: RotationState, call: Call): Promise<RotationState> {
  const { clientId, keyFile, log, before = () => {} } = deps;
  const client = await deps.connect();
  try {
    const keys = await keysOf(client, clientId, call);
    let known = keys.find(({ kid }) => kid === state.jwk.kid);
    if (known === undefined) {
      before("register");
      const { kty, n, e, kid } = state.jwk;
      known = await client.send<OktaKey>("POST", pathOf(clientId), call, {
        body: { kty, n, e, kid, use: "sig", alg: "RS256", status: "ACTIVE" },
        repeatable: false,
      });
    }
    const newId = known?.id ?? (await keysOf(client, clientId, call)).find(({ kid }) => kid === state.jwk.kid)?.id;
    if (newId === undefined) {
      throw new Failure({ kind: "unavailable", message: "Okta does not show the new key", advice: "run it again" });
    }
    before("registered");
    const oldId = keys.find(({ kid }) => kid === state.oldKid)?.id;
    const registered: RotationState = { ...state, step: "registered", newId, oldId };
    await writeState(keyFile, registered);
    log.info("registered the new key with Okta", { kid: state.jwk.kid });
    return registered;
  } finally {
    client.close();
  }
}

/** Fetches a token with the new key, and reads with it. Until that works the old key stays where it is. */
async function tried(deps: KeyRotation, { jwk }: RotationState, call: Call): Promise<void> {
  const { clientId, clock } = deps;
  for (let tries = 1; ; tries++) {
    const client = await deps.connect(jwk);
    try {
      await keysOf(client, clientId, call);
      return;
    } catch (error) {
      if (tries === TRIES || call.signal.aborted || !isFailure(error)) throw error;
      await clock.sleep(PAUSE_MS, call.signal);
    } finally {
      client.close();
    }
  }
}

async function retire(deps: KeyRotation, { oldId, jwk, oldKid }: RotationState, call: Call): Promise<void> {
  const { clientId, before = () => {} } = deps;
  // The new key retires the old one: what could not sign in any more would be seen before anything is lost.
  const client = await deps.connect(jwk);
  try {
    const old = (await keysOf(client, clientId, call)).find(({ id, kid }) => id === oldId && kid === oldKid);
    if (old?.id === undefined) return;
    const path = `${pathOf(clientId)}/${encodeURIComponent(old.id)}`;
    if (old.status !== "INACTIVE") {
      before("deactivate");
      await client.send("POST", `${path}/lifecycle/deactivate`, call, { repeatable: true });
    }
    before("delete");
    await client.send("DELETE", path, call, { repeatable: true });
  } finally {
    client.close();
  }
}

const pathOf = (clientId: string) => `/api/v1/apps/${encodeURIComponent(clientId)}/credentials/jwks`;

async function keysOf(client: OktaClient, clientId: string, call: Call): Promise<readonly OktaKey[]> {
  const { keys } = await client.get<{ keys?: unknown }>(pathOf(clientId), call);
  if (Array.isArray(keys)) return keys;
  throw new Failure({ kind: "unavailable", message: "Okta's answer holds no list of the app's keys" });
}

async function newKey(): Promise<RotationState["jwk"]> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const { calculateJwkThumbprint, exportJWK } = await import("jose");
  const kid = await calculateJwkThumbprint(await exportJWK(publicKey));
  return { ...(await exportJWK(privateKey)), kid, use: "sig", alg: "RS256" };
}
