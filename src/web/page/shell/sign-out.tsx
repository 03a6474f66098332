import type { SignedOut } from "../../api/contract.ts";
import { request } from "../api/request.ts";
import { useSession } from "../api/session.ts";
import { plainText } from "../design/text.ts";

/** Who is signed in, and the way out. */
export function SignOut() {
  const { user, csrf } = useSession();
  const leave = () => {
    const signOut = request<SignedOut>("/api/sign-out", { method: "POST", headers: { "X-CSRF-Token": csrf } });
    signOut.then(
      ({ next }) => location.assign(next),
      () => location.reload(),
    );
  };
  return (
    <>
      {user && (
        <span class="who" title={plainText(user.name)}>
          <bdi>{plainText(user.email || user.name)}</bdi>
        </span>
      )}
      <button type="button" class="button button-quiet" onClick={leave}>
        Sign out
      </button>
    </>
  );
}
