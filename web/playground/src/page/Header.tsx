import { command } from "./keys";

/** A panel that is shown beside the work. */
export type Panel = "docs" | "history";

interface Props {
  /** The person of the first side, whom the demo keeps. */
  readonly person: string;
  /** Whether the server has its demo, which is at /. */
  readonly demo: boolean;
  readonly panel: Panel | undefined;
  readonly two: boolean;
  onPanel(panel: Panel | undefined): void;
  onMenu(): void;
  onHelp(): void;
  onTwo(): void;
}

export function Header({ person, demo, panel, two, onPanel, onMenu, onHelp, onTwo }: Props) {
  const toggle = (which: Panel) => (
    <button type="button" aria-pressed={panel === which} onClick={() => onPanel(panel === which ? undefined : which)}>
      {which === "docs" ? "Docs" : "History"}
    </button>
  );
  return (
    <header className="bar">
      <span className="logo" aria-hidden="true">
        <i />
        <i />
      </span>
      <h1>
        <span className="brand">Tandem</span> playground
      </h1>
      <button type="button" onClick={onMenu}>
        Operations <kbd aria-hidden="true">{command} K</kbd>
      </button>
      {toggle("docs")}
      {toggle("history")}
      <span className="space" />
      {demo && (
        <a className="button" href={person.startsWith(":") ? "/" : `/?as=${encodeURIComponent(person)}`}>
          Demo
        </a>
      )}
      <button type="button" aria-pressed={two} onClick={onTwo}>
        Two people
      </button>
      <button type="button" className="quiet" aria-label="Help" onClick={onHelp}>
        ?
      </button>
    </header>
  );
}
