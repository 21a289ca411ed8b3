import { Component, type ComponentChildren } from "preact";
import { CopyButton } from "./copy-button.tsx";

interface Props {
  readonly children: ComponentChildren;
}

interface State {
  readonly failure: Error | null;
}

/** Keeps the bar and the rest of the page when a part of it fails to draw. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { failure: null };

  static override getDerivedStateFromError(error: unknown): State {
    return { failure: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ComponentChildren {
    const { failure } = this.state;
    if (failure === null) return this.props.children;
    return (
      <main class="page">
        <h1 tabIndex={-1}>This page failed to draw</h1>
        <p class="problem" role="alert">
          {failure.message}
        </p>
        <p class="actions">
          <button type="button" class="button" onClick={() => location.reload()}>
            Reload
          </button>
          <CopyButton text={`${failure.message}\n${failure.stack ?? ""}`} what="details" label="Copy details" />
        </p>
      </main>
    );
  }
}
