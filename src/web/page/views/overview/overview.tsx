import type { Overview as OverviewAnswer } from "../../../api/contract.ts";
import { apiAddress } from "../../api/addresses.ts";
import { useSession } from "../../api/session.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { Failed } from "../../design/states.tsx";
import { plainText } from "../../design/text.ts";
import { useRoute } from "../../route/navigation.ts";
import { useTitle } from "../title.ts";
import { Headlines } from "./headlines.tsx";
import { HistoryPanel } from "./history-panel.tsx";
import { LatestChanges } from "./latest-changes.tsx";
import { PictureNotice } from "./picture-notice.tsx";
import { SeverityPanel } from "./severity-panel.tsx";

/** The first view: what there is, what is dangerous, what changed, and how far the picture can be trusted. */
export function Overview() {
  const session = useSession();
  const { query } = useRoute();
  const { value, failure, again } = useAnswer<OverviewAnswer>(apiAddress("overview", { sync: query.sync }));
  useTitle("Overview");
  return (
    <>
      <header class="view-head">
        <h1>
          <bdi>{plainText(session.org || session.file)}</bdi>
        </h1>
        <PictureNotice overview={value} />
      </header>
      {failure ? (
        <Failed failure={failure} again={again} />
      ) : value === undefined ? (
        // Nothing is drawn that what comes above it would push down.
        <div class="overview-waiting" aria-busy="true" />
      ) : (
        <>
          <Headlines headline={value.headline} />
          <div class="panels">
            <SeverityPanel findings={value.findings} />
            <LatestChanges changes={value.changes} />
            <HistoryPanel history={value.history} />
          </div>
        </>
      )}
    </>
  );
}
