import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { SessionStore } from "./session/session.js";
import { applyTheme } from "./shell/theme.js";
import { App } from "./shell/App.js";
import "./styles/base.css";
import "@tandem/react/styles.css";
import "./styles/tokens.css";
import "./styles/controls.css";
import "./styles/shell.css";
import "./styles/dialogs.css";
import "./styles/notice.css";
import "./styles/filters.css";
import "./styles/lists.css";
import "./styles/adapting.css";

applyTheme();
const session = new SessionStore();
void session.begin();
const element = document.getElementById("app");
if (element) {
  createRoot(element).render(
    <StrictMode>
      <App session={session} />
    </StrictMode>,
  );
}
