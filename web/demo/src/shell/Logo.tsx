/** The two people who work on one thing. */
export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 22 22" aria-hidden="true">
      <circle cx="7.5" cy="11" r="6.5" fill="#5b5bd6" />
      <circle cx="14.5" cy="11" r="6.5" fill="#e5484d" fillOpacity="0.85" />
    </svg>
  );
}
