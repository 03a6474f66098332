import { useEffect, useRef, useState } from "preact/hooks";
import { useSession } from "../api/session.ts";
import { Icon } from "../design/icon.tsx";
import { plainText } from "../design/text.ts";
import { linkTo, useRoute } from "../route/navigation.ts";
import { SearchBox } from "../search/search-box.tsx";
import { Navigation } from "./navigation.tsx";
import { SignOut } from "./sign-out.tsx";
import { SyncChoice } from "./sync-choice.tsx";
import { ThemeChoice } from "./theme-choice.tsx";
import { View } from "./view.tsx";

/** What stands around every view: where one can go, the search, the sync that is looked at. */
export function Frame() {
  const session = useSession();
  const route = useRoute();
  const main = useRef<HTMLElement>(null);
  const [menuOpen, setMenuOpen] = useState(false);
  const where = route.path.join("/");
  const first = useRef(true);
  useEffect(() => {
    setMenuOpen(false);
    if (first.current) {
      first.current = false;
      return;
    }
    // A new view begins at its top, for the eye, for the keyboard and for who listens.
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [where]);
  const home = session.org === "" ? session.file : session.org;
  return (
    <div class="frame">
      <button type="button" class="skip-link" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <header class="bar">
        <button
          type="button"
          class="icon-button menu-button"
          aria-expanded={menuOpen}
          aria-controls="navigation"
          aria-label="Menu"
          onClick={() => setMenuOpen(!menuOpen)}
        >
          <Icon name={menuOpen ? "close" : "menu"} />
        </button>
        <a class="home" href={linkTo([])}>
          <svg class="mark" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true" focusable="false">
            <rect width="32" height="32" rx="8" />
            <path d="M9 10.5h4c4 0 3 11 7 11h3M9 21.5h4M20 10.5h3" />
            <circle cx="8.5" cy="10.5" r="2.6" />
            <circle cx="8.5" cy="21.5" r="2.6" />
            <circle cx="23.5" cy="10.5" r="2.6" />
            <circle cx="23.5" cy="21.5" r="2.6" />
          </svg>
          <span class="home-name" title={plainText(session.file)}>
            <bdi>{plainText(home)}</bdi>
          </span>
        </a>
        {session.views.explore && <SearchBox />}
        <div class="bar-end">
          {session.views.explore && <SyncChoice />}
          <ThemeChoice />
          {session.views.signOut && <SignOut />}
        </div>
      </header>
      <Navigation open={menuOpen} />
      <main class="content" ref={main} tabIndex={-1}>
        <View route={route} />
      </main>
    </div>
  );
}
