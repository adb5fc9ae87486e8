/** The looks that a person can choose. */
export type Theme = "system" | "light" | "dark";

const key = "tandem-demo-theme";

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
  const show = () => {
    const theme = chosenTheme();
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
  };
  show();
  addEventListener("storage", (event) => event.key === key && show());
}

/** Chooses a look, and keeps the choice. */
export function chooseTheme(theme: Theme): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // It counts until the page is left.
  }
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}
