import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import type { JWK } from "jose";
import type { Call } from "../../../baton/connector.ts";
import type { OktaClient } from "../../../okta/api/client.ts";
import type { Clock } from "../../../runtime/clock.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import type { Log } from "../../../runtime/log/log.ts";
import { beginState, mustBeReplaceable, readState, removeState, swapText, writeState } from "./state.ts";
import { timeAt } from "./time-at.ts";

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
    await mustBeReplaceable(keyFile, clock.now());
    const made: RotationState = { step: "made", clientId: deps.clientId, jwk: await newKey(), oldKid: deps.keyId };
    state = await beginState(keyFile, made);
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
  // Also where somebody has put the old key back since: it is the one that is going to be retired.
  const isPutBack = state.step === "swapped" && deps.keyId === state.oldKid;
  if (isPutBack)
    log.warn("the key file holds the old key again: the new one is put there once more", { file: keyFile });
  if (state.step === "registered" || isPutBack) {
    before("try");
    const triedAt = await tried(deps, state, call);
    // A key file that holds the new key was swapped by a run that died right after; one with a third key is left alone.
    if (deps.keyId === state.oldKid) {
      before("swap");
      await swapText(keyFile, `${JSON.stringify(state.jwk, null, 2)}\n`);
    }
    if (!isPutBack) {
      before("note");
      state = { ...state, step: "swapped", retireAt: triedAt + deps.graceMs };
      await writeState(keyFile, state);
    }
    log.info("the key file holds the new key", { kid: state.jwk.kid });
  }
  const { jwk, retireAt = 0 } = state;
  const left = retireAt - clock.now();
  if (left > 0 && left <= deps.graceMs) return { outcome: "waiting", kid: jwk.kid, retireAt };
  const later = await retire(deps, state, call);
  if (later !== undefined) {
    if (later < retireAt) await writeState(keyFile, { ...state, retireAt: later });
    return { outcome: "waiting", kid: jwk.kid, retireAt: later };
  }
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
    const find = (list: readonly OktaKey[]) => list.find(({ kid }) => kid === state.jwk.kid)?.id;
    const oldId = keys.find(({ kid }) => kid === state.oldKid)?.id;
    let newId = find(keys);
    if (newId === undefined) {
      if (oldId === undefined) throw notListed(clientId, state.oldKid);
      before("register");
      const { kty, n, e, kid } = state.jwk;
      try {
        await client.send("POST", pathOf(clientId), call, {
          body: { kty, n, e, kid, use: "sig", alg: "RS256", status: "ACTIVE" },
          repeatable: false,
        });
      } catch (error) {
        // The answer may be lost, or another process may have been faster: what is there tells.
        newId = isFailure(error) ? await keysOf(client, clientId, call).then(find, () => undefined) : undefined;
        if (newId === undefined) throw error;
      }
      newId ??= find(await keysOf(client, clientId, call));
    }
    if (newId === undefined) {
      throw new Failure({ kind: "unavailable", message: "Okta does not show the new key", advice: "run it again" });
    }
    before("registered");
    const registered: RotationState = { ...state, step: "registered", newId, oldId };
    await writeState(keyFile, registered);
    log.info("registered the new key with Okta", { kid: state.jwk.kid });
    return registered;
  } finally {
    client.close();
  }
}

/**
 * Fetches a token with the new key, and reads with it. Until that works the old key stays where it is. Answers Okta's time,
 * in milliseconds since the Unix epoch.
 */
async function tried(deps: KeyRotation, { jwk }: RotationState, call: Call): Promise<number> {
  const { clientId, clock } = deps;
  for (let tries = 1; ; tries++) {
    const client = await deps.connect(jwk);
    try {
      await keysOf(client, clientId, call);
      return timeAt(client, clock);
    } catch (error) {
      if (tries === TRIES || call.signal.aborted || !isFailure(error)) throw error;
      await clock.sleep(PAUSE_MS, call.signal);
    } finally {
      client.close();
    }
  }
}

/**
 * Retires the old key, by what the key file holds now: what could not sign in any more would be seen before anything is
 * lost. Answers when it is time, by Okta's clock, where it is not yet.
 */
async function retire(
  deps: KeyRotation,
  { oldId, oldKid, retireAt = 0 }: RotationState,
  call: Call,
): Promise<number | undefined> {
  const { clientId, clock, before = () => {} } = deps;
  const client = await deps.connect();
  try {
    const keys = await keysOf(client, clientId, call);
    const now = timeAt(client, clock);
    // What is further ahead than the grace time was written by a clock that was wrong, or with another --grace.
    if (now < retireAt && deps.graceMs > 0) return Math.min(retireAt, now + deps.graceMs);
    const old = keys.find(({ id, kid }) => id === oldId && kid === oldKid);
    if (old?.id === undefined) return undefined;
    const path = `${pathOf(clientId)}/${encodeURIComponent(old.id)}`;
    if (old.status !== "INACTIVE") {
      before("deactivate");
      await client.send("POST", `${path}/lifecycle/deactivate`, call, { repeatable: true });
    }
    before("delete");
    await client.send("DELETE", path, call, { repeatable: true }).catch((error: unknown) => {
      // A repeat after a lost answer, or another process.
      if (!isFailure(error, "notFound")) throw error;
    });
    return undefined;
  } finally {
    client.close();
  }
}

function notListed(clientId: string, kid: string): Failure {
  return new Failure({
    kind: "failedPrecondition",
    message: `Okta does not list the key in use, ${kid}, among the keys of app ${clientId}: it cannot be replaced there`,
    advice: "an app whose keys are at an address of its own (jwks_uri) is given new ones there",
  });
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
