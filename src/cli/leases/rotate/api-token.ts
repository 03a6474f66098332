import type { Call } from "../../../baton/connector.ts";
import type { OktaClient } from "../../../okta/api/client.ts";
import type { Clock } from "../../../runtime/clock.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import type { Log } from "../../../runtime/log/log.ts";
import { beginState, mustBeReplaceable, readState, removeState, writeState } from "./state.ts";
import { timeAt } from "./time-at.ts";
import { swapToken, tokenOf } from "./token-file.ts";

/** What an API token is rotated with. */
export interface TokenRotation {
  /** The configuration file from which the program reads its token. */
  readonly configFile: string;
  /** The org's address. */
  readonly org: string;
  /** The token that was made in Okta; absent where a rotation that is under way is to go on. */
  readonly newToken?: string | undefined;
  readonly graceMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** A client that calls with this token. */
  connect(token: string): OktaClient;
  /** Called before each step: where it throws, the rotation stops there. */
  readonly before?: (step: string) => void;
}

/** How far the rotation of a token is. */
interface TokenState {
  /** `tried`: the new token works; `swapped`: the configuration file holds it. */
  readonly step: "tried" | "swapped";
  readonly org: string;
  readonly oldToken: string;
  readonly newToken: string;
  /** When the old token goes, in milliseconds since the Unix epoch. */
  readonly retireAt?: number;
}

/** How a rotation stands when it is left: `waiting`: the old token goes when its grace time is over. */
export type TokenRotated = { readonly outcome: "rotated" | "waiting"; readonly retireAt?: number };

/**
 * Puts an API token that somebody made in Okta in the place of the one in use: tried first, then swapped in the
 * configuration file, and after a grace time the old one revokes itself. Killed at any step it leaves a token that
 * works; called again it goes on there. Source: Okta Management API, `DELETE /api/v1/api-tokens/current`.
 */
export async function rotateToken(deps: TokenRotation, call: Call): Promise<TokenRotated> {
  const { configFile, org, clock, log, before = () => {} } = deps;
  const held = (await tokenOf(configFile)) ?? "";
  let state = await readState<TokenState>(configFile);
  refuseAnother(deps, state);
  let replaced = false;
  // Nothing has come of the token that was tried: another one may be put in its place.
  if (state?.step === "tried" && held === state.oldToken && (deps.newToken ?? state.newToken) !== state.newToken) {
    state = undefined;
    replaced = true;
  }
  if (state === undefined) {
    if (deps.newToken === undefined) throw byHand();
    if (deps.newToken === held) {
      throw new Failure({
        kind: "usage",
        message: `the new API token is the one that ${configFile} holds already`,
        advice: "make a new one under Security > API > Tokens",
      });
    }
    before("try");
    await mustBeReplaceable(configFile, clock.now());
    const { owner: newOwner } = await ownerOf(deps, deps.newToken, call);
    // An old token that does not work any more is no reason to keep it.
    const oldOwner = (await ownerOf(deps, held, call).catch(() => undefined))?.owner;
    if (oldOwner !== undefined && oldOwner !== newOwner) {
      log.warn("the new token belongs to somebody else than the old one, and can do what they can", {
        ...{ old: oldOwner, new: newOwner },
      });
    }
    before("keep");
    const tried: TokenState = { step: "tried", org, oldToken: held, newToken: deps.newToken };
    state = replaced ? tried : await beginState(configFile, tried);
    if (replaced) await writeState(configFile, tried);
    // Another process began at the same moment.
    if (state.newToken !== tried.newToken) throw underWay(configFile, "to another API token");
  }
  // Also where somebody has put the old token back since.
  if (held === state.oldToken || state.step === "tried") {
    const { at } = await ownerOf(deps, state.newToken, call);
    if (held === state.oldToken) {
      before("swap");
      await swapToken(configFile, state.newToken);
      log.info("the configuration file holds the new token", { file: configFile });
    }
    if (state.step === "tried") {
      before("note");
      state = { ...state, step: "swapped", retireAt: at + deps.graceMs };
      await writeState(configFile, state);
    }
  }
  const { retireAt = 0, oldToken } = state;
  const left = retireAt - clock.now();
  if (left > 0 && left <= deps.graceMs) return { outcome: "waiting", retireAt };
  before("check");
  // What stands in the file now is what the program goes on with.
  const { at } = await ownerOf(deps, (await tokenOf(configFile)) ?? "", call);
  if (at < retireAt && deps.graceMs > 0) {
    // What is further ahead than the grace time was written by a clock that was wrong, or with another --grace.
    const later = Math.min(retireAt, at + deps.graceMs);
    if (later < retireAt) await writeState(configFile, { ...state, retireAt: later });
    return { outcome: "waiting", retireAt: later };
  }
  before("revoke");
  await revokeItself(deps, oldToken, call);
  before("forget");
  await removeState(configFile);
  log.info("the old token is revoked");
  return { outcome: "rotated" };
}

/** The failure that says that a program cannot make an API token. */
export function byHand(): Failure {
  return new Failure({
    kind: "unimplemented",
    message: "Okta makes no API token for a program, so one has to be made by hand",
    advice:
      "make a new one under Security > API > Tokens, put it into a file, and name that with --new-token-file; or use an OAuth app, whose key rotate oauth-key renews",
  });
}

function refuseAnother({ configFile, org, newToken }: TokenRotation, state: TokenState | undefined): void {
  if (state === undefined) return;
  const isOther = state.step === "swapped" && newToken !== undefined && newToken !== state.newToken;
  if (state.org === org && !isOther) return;
  throw underWay(configFile, isOther ? "to another API token" : `of a token of ${state.org}`);
}

function underWay(configFile: string, what: string): Failure {
  return new Failure({
    kind: "failedPrecondition",
    message: `a rotation ${what} is under way for ${configFile}`,
    advice: "finish that first: run rotate api-token without --new-token-file and with the settings that it began with",
  });
}

/**
 * Reads who owns a token, which every token may: the id of its owner, and Okta's time. Only this org takes a token of this
 * org.
 */
async function ownerOf(
  { connect, org, clock }: TokenRotation,
  token: string,
  call: Call,
): Promise<{ readonly owner: string; readonly at: number }> {
  const client = connect(token);
  try {
    const { id } = await client.get<{ id?: unknown }>("/api/v1/users/me", call);
    return { owner: String(id ?? ""), at: timeAt(client, clock) };
  } catch (error) {
    if (!isFailure(error)) throw error;
    const { kind, message, attempted, answer } = error;
    throw new Failure({
      ...{ kind, message: `the new API token does not work at ${org}: ${message}` },
      ...(attempted !== undefined && { attempted }),
      ...(answer && { answer }),
      advice: "nothing was revoked: see that the token is whole, of this org, and may be used from here",
      cause: error,
    });
  } finally {
    client.close();
  }
}

/** The token that calls revokes itself. One that Okta does not take any more is gone already. */
async function revokeItself({ connect }: TokenRotation, token: string, call: Call): Promise<void> {
  const client = connect(token);
  try {
    await client.send("DELETE", "/api/v1/api-tokens/current", call, { repeatable: true });
  } catch (error) {
    if (!(isFailure(error) && error.kind === "unauthenticated")) throw error;
  } finally {
    client.close();
  }
}
