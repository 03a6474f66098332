import { Icon } from "../design/icon.tsx";
import { sentence } from "../design/text.ts";

/** Nobody is signed in, or no longer: what to do. */
export function SignedOut({ message }: { message: string }) {
  return (
    <main class="alone">
      <div class="state">
        <Icon name="secret" size={24} />
        <h1 class="state-title">You are not signed in</h1>
        <p class="state-more">{sentence(message)}</p>
        <a class="button" href="/">
          Sign in again
        </a>
      </div>
    </main>
  );
}
