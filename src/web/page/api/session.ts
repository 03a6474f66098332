import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Session, SyncInfo } from "../../api/contract.ts";

/** Who looks, at what: known before any view is drawn. */
export const SessionContext = createContext<Session | null>(null);

/** Who looks, at what. Only for what is drawn within a session. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("there is no session yet");
  return session;
}

/** The sync that is looked at: the one that was asked for, or the file's newest; none where the file holds none. */
export function syncLookedAt(session: Session, asked: string | undefined): SyncInfo | undefined {
  return session.syncs.find(({ id }) => id === (asked ?? session.sync));
}
