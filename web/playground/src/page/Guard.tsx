import { Component, type ReactNode } from "react";

interface Props {
  readonly children: ReactNode;
  /** Removes what is kept in this browser. */
  onForget(): void;
}

/** Catches what breaks while the page is drawn: words and a way out instead of a blank page. */
export class Guard extends Component<Props, { broken: string }> {
  override state = { broken: "" };

  static getDerivedStateFromError(error: unknown) {
    return { broken: error instanceof Error ? error.message : String(error) };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <div className="waiting" role="alert">
        <p>The playground broke: {this.state.broken}</p>
        <p>
          Tabs that are kept in this browser may be the cause. <button onClick={this.restart}>Restore the examples</button>
        </p>
      </div>
    );
  }

  private restart = () => {
    this.props.onForget();
    location.reload();
  };
}
