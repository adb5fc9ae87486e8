import "@tandem/react/styles.css";
import type { ReactNode } from "react";
import { url } from "../tandem";
import { Live } from "./live";

export const metadata = { title: "Tandem with Next.js" };

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <Live url={url}>{children}</Live>
      </body>
    </html>
  );
}
