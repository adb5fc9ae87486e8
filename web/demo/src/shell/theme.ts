/** The looks that a person can choose. */
export type Theme = "system" | "light" | "dark";

const key = "tandem-demo-theme";

/** The colors of the page's edge, as `--app` in tokens.css. */
const colors = { light: "#f9f9fb", dark: "#0e0f11" };

/** Returns the chosen look; that of the system, unless there is one. */
export function chosenTheme(): Theme {
  try {
    const stored = localStorage.getItem(key);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system";
  }
}

/** Shows the page as chosen. Other pages of this browser follow. */
export function applyTheme(): void {
  show(chosenTheme());
  addEventListener("storage", (event) => event.key === key && show(chosenTheme()));
}

/** Chooses a look, and keeps the choice. */
export function chooseTheme(theme: Theme): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // It counts until the page is left.
  }
  show(theme);
}

/** Shows a look, also around the page, where an installed page has its own color. */
function show(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]")) {
    meta.content = colors[theme === "system" ? (meta.media.includes("dark") ? "dark" : "light") : theme];
  }
}
