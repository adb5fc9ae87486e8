import { X } from "lucide-react";
import { useDemo } from "../session/context.js";
import type { Lab } from "./lab.js";
import { LabPanel } from "./LabPanel.js";

/** The network of the person of this page, below the page. */
export default function LabDrawer({ lab }: { readonly lab: Lab }) {
  const { openLab } = useDemo();
  return (
    <LabPanel lab={lab}>
      <button type="button" className="button quiet icon" aria-label="Close the network lab" onClick={() => openLab(false)}><X aria-hidden /></button>
    </LabPanel>
  );
}
