// Runs before anything is drawn, so that a remembered theme does not flash the other one first.
import { rememberedTheme, showTheme } from "./theme.ts";

showTheme(rememberedTheme());
