import type { ReactNode } from "react";

interface NoticeProps {
  readonly title: string;
  readonly icon?: ReactNode;
  readonly children?: ReactNode;
  /** More content, after the text. */
  readonly below?: ReactNode;
  readonly action?: { readonly label: string; run(): void } | undefined;
}

/** A message in place of the content of a view: that it is empty, that it failed, or that the person may not see it. */
export function Notice({ title, icon, children, below, action }: NoticeProps) {
  return (
    <div className="notice">
      {icon}
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {below}
      {action && (
        <button type="button" className="button" onClick={() => action.run()}>
          {action.label}
        </button>
      )}
    </div>
  );
}
