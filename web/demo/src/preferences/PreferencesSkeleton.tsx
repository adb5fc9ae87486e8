/** The shape of the preferences while they are read. It appears only if that takes a moment. */
export function PreferencesSkeleton() {
  return (
    <div className="scroll preferences preferences-skeleton" aria-busy="true" aria-label="Loading">
      {Array.from({ length: 8 }, (_row, row) => (
        <div key={row} className="row"><span className={`bone w${row % 4}`} /><span className="bone" /><span className="bone" /><span className="bone" /></div>
      ))}
    </div>
  );
}
