/** Rows of the shape of those that are being read. They appear only if that takes a moment. */
export function SkeletonRows({ columns }: { readonly columns: number }) {
  return Array.from({ length: 8 }, (_row, row) => (
    <tr key={row} className="skeleton" aria-hidden="true">
      {Array.from({ length: columns }, (_cell, cell) => (
        <td key={cell}>
          <span className={`bone w${(row * 3 + cell * 5) % 4}`} />
        </td>
      ))}
    </tr>
  ));
}
