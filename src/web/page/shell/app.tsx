import type { Session } from "../../api/contract.ts";
import { SessionContext } from "../api/session.ts";
import { useAnswer } from "../api/use-answer.ts";
import { Failed } from "../design/states.tsx";
import { Frame } from "./frame.tsx";
import { SignedOut } from "./signed-out.tsx";

/** The page: asks who looks at what, then shows the view of the address. */
export function App() {
  const { value, failure, again } = useAnswer<Session>("/api/session");
  if (failure?.status === 401) return <SignedOut message={failure.message} />;
  if (failure) {
    return (
      <main class="alone">
        <h1>baton-okta</h1>
        <Failed failure={failure} again={again} />
      </main>
    );
  }
  if (value === undefined) return <div class="frame" aria-busy="true" />;
  return (
    <SessionContext.Provider value={value}>
      <Frame />
    </SessionContext.Provider>
  );
}
