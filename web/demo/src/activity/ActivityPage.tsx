import { TopBar } from "../shell/TopBar.js";
import { Feed } from "./Feed.js";

/** Everything that happens in the company, as far as the person may see it. */
export default function ActivityPage() {
  return (
    <>
      <TopBar title="Activity" />
      <div className="page-column"><Feed feedType="global" /></div>
    </>
  );
}
