import type { FindingPage } from "../../../api/contract.ts";
import { Tabs } from "../../design/tabs.tsx";
import { linkTo, useRoute } from "../../route/navigation.ts";
import { usePages } from "../../table/use-pages.ts";
import { useTitle } from "../title.ts";
import { FindingList } from "./finding-list.tsx";
import { Rules } from "./rules.tsx";

/** What is dangerous, worst first, and what to do about it. */
export function Findings() {
  useTitle("Findings");
  const { query } = useRoute();
  const pages = usePages<FindingPage>("findings", {
    severity: query.severity,
    rule: query.rule,
    q: query.q,
    subject: query.subject,
    sync: query.sync,
  });
  const tab = query.tab === "rules" ? "rules" : "findings";
  return (
    <>
      <header class="view-head">
        <h1>Findings</h1>
        <p class="lead">Access that is dangerous by rules with a source, worst first, and what to do about it.</p>
      </header>
      <Tabs
        label="Findings and rules"
        current={tab}
        tabs={[
          { id: "findings", label: "Findings", href: linkTo(["findings"]) },
          { id: "rules", label: "Rules", href: linkTo(["findings"], { tab: "rules" }) },
        ]}
      />
      {tab === "rules" ? <Rules asked={pages.asked} /> : <FindingList pages={pages} />}
    </>
  );
}
