import type { ResourceDetail } from "../../../api/contract.ts";
import { apiAddress, resourcePath } from "../../api/addresses.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { Failed, Skeleton } from "../../design/states.tsx";
import { Tabs } from "../../design/tabs.tsx";
import { plainText } from "../../design/text.ts";
import { useRoute } from "../../route/navigation.ts";
import { nameOf, thingAddress } from "../../things/thing-link.tsx";
import { useTitle } from "../title.ts";
import { AccessTab } from "./access-tab.tsx";
import { FindingsTab } from "./findings-tab.tsx";
import { HistoryTab } from "./history-tab.tsx";
import { HoldersTab } from "./holders-tab.tsx";
import { PictureTab } from "./picture-tab.tsx";
import { ProfileTab } from "./profile-tab.tsx";
import { ThingHead } from "./thing-head.tsx";
import { type TabId, tabsOf } from "./thing-tabs.ts";

/** All that is known of one person, group, app, role or anything else. */
export function ThingView({ type, id }: { type: string; id: string }) {
  const { query } = useRoute();
  const { value, failure, again } = useAnswer<ResourceDetail>(apiAddress(resourcePath(type, id), { sync: query.sync }));
  useTitle(value ? nameOf(value) : plainText(id));
  if (failure) {
    return (
      <>
        <h1>
          <bdi>{plainText(id)}</bdi>
        </h1>
        <Failed failure={failure} again={again} />
      </>
    );
  }
  if (value === undefined) {
    return (
      <div class="thing-waiting">
        <h1 class="visually-hidden">Loading</h1>
        <Skeleton lines={8} />
      </div>
    );
  }
  const tabs = tabsOf(value);
  const current = tabs.find((tab) => tab.id === query.tab)?.id ?? tabs[0]!.id;
  return (
    <>
      <ThingHead thing={value} />
      <Tabs
        label={`What is known of ${nameOf(value)}`}
        current={current}
        tabs={tabs.map((tab) => ({ ...tab, href: thingAddress(value, { tab: tab.id }) }))}
      />
      <Tab key={current} tab={current} thing={value} />
    </>
  );
}

function Tab({ tab, thing }: { tab: TabId; thing: ResourceDetail }) {
  if (tab === "access") return <AccessTab thing={thing} />;
  if (tab === "holders") return <HoldersTab thing={thing} />;
  if (tab === "picture") return <PictureTab thing={thing} />;
  if (tab === "findings") return <FindingsTab thing={thing} />;
  if (tab === "history") return <HistoryTab thing={thing} />;
  return <ProfileTab thing={thing} />;
}
