import { useState } from "preact/hooks";
import { Icon } from "../design/icon.tsx";
import { chooseTheme, rememberedTheme, type Theme } from "../theme/theme.ts";

const THEMES: readonly (readonly [theme: Theme, label: string, icon: "system" | "sun" | "moon"])[] = [
  ["system", "As the system", "system"],
  ["light", "Light", "sun"],
  ["dark", "Dark", "moon"],
];

/** Light, dark, or as the system; remembered in this browser. */
export function ThemeChoice() {
  const [theme, setTheme] = useState(rememberedTheme);
  return (
    <fieldset class="segments">
      <legend class="visually-hidden">Theme</legend>
      {THEMES.map(([one, label, icon]) => (
        <label key={one} title={label}>
          <input
            type="radio"
            name="theme"
            class="visually-hidden"
            checked={one === theme}
            onChange={() => {
              chooseTheme(one);
              setTheme(one);
            }}
          />
          <Icon name={icon} size={14} />
          <span class="visually-hidden">{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
