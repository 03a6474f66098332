import { useEffect, useState } from "preact/hooks";
import type { Session } from "../../api/contract.ts";
import { SIGNED_OUT } from "../api/request.ts";
import { SessionContext } from "../api/session.ts";
import { useAnswer } from "../api/use-answer.ts";
import { Failed } from "../design/states.tsx";
import { Frame } from "./frame.tsx";
import { SignedOut } from "./signed-out.tsx";

/** The page: asks who looks at what, then shows the view of the address. */
export function App() {
  const { value, failure, again } = useAnswer<Session>("/api/session");
  const [signedOut, setSignedOut] = useState<string | null>(null);
  useEffect(() => {
    const onSignedOut = (event: Event) => setSignedOut((event as CustomEvent<string>).detail);
    addEventListener(SIGNED_OUT, onSignedOut);
    return () => removeEventListener(SIGNED_OUT, onSignedOut);
  }, []);
  if (signedOut !== null) return <SignedOut message={signedOut} />;
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
