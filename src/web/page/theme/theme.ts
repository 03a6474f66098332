/** What a person chose: the system's theme, or one of the two whatever the system says. */
export type Theme = "system" | "light" | "dark";

const KEY = "baton-okta-theme";

/** The theme that was chosen last in this browser; the system's where none was, or where nothing may be kept. */
export function rememberedTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
}

/** Draws the page in a theme. */
export function showTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** Draws the page in a theme, from now on in this browser. */
export function chooseTheme(theme: Theme): void {
  showTheme(theme);
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // It holds until the page is loaded again.
  }
}
