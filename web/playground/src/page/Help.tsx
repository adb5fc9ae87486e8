import { Dialog } from "./Dialog";
import { command } from "./keys";

const keys: readonly (readonly [string, string])[] = [
  [`${command} Enter`, "Run the operation, or stop it"],
  [`${command} K`, "Find a ready operation"],
  ["Ctrl Space", "Complete in the operation or the variables"],
  [`${command} F`, "Search in a text"],
  [`${command} click`, "Documentation of the field under the pointer"],
  ["Alt Shift F", "Lay out the operation and the variables"],
  ["Tab", "Move on, also out of the editors"],
  ["? or F1", "This help; ? where nothing is typed"],
];

/** The keys of the page, and what it is good for. */
export function Help({ onClose }: { onClose(): void }) {
  return (
    <Dialog title="Help" onClose={onClose}>
      <div className="dialog-body" tabIndex={-1}>
        <p>
          Run <b>Follow</b> as one person and <b>Change</b> as another, side by side. Cut a connection and resume it: no event is lost.
          Run <b>Change</b> on both sides to make a conflict, and decide on it right in the answer.
        </p>
        <table>
          <caption className="hidden">Keys</caption>
          <tbody>
            {keys.map(([key, meaning]) => (
              <tr key={key}>
                <th scope="row">
                  <kbd>{key}</kbd>
                </th>
                <td>{meaning}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Dialog>
  );
}
