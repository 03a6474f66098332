import type { ResourceDetail } from "../../../api/contract.ts";
import { count } from "../../design/text.ts";

/** The views of one thing. */
export type TabId = "access" | "holders" | "picture" | "findings" | "history" | "profile";

/** The views that there are of a thing, the one that is wanted first at the front. */
export function tabsOf({
  kind,
  held,
  holders,
  entitlementsTotal,
  findings,
}: ResourceDetail): { id: TabId; label: string }[] {
  const canBeHeld = entitlementsTotal > 0 || holders > 0;
  const access = { id: "access", label: "Access" } as const;
  const found = findings.state === "ready" ? ` ${count(findings.value.length)}` : "";
  return [
    ...(kind === "person" ? [access] : []),
    ...(canBeHeld ? [{ id: "holders", label: "Who holds it" } as const] : []),
    ...(kind !== "person" && (held > 0 || kind === "group") ? [{ ...access, label: "What it holds" }] : []),
    ...(held > 0 || kind === "person" || kind === "group" || kind === "role"
      ? [{ id: "picture", label: "Picture" } as const]
      : []),
    { id: "findings", label: `Findings${found}` },
    { id: "history", label: "Over time" },
    { id: "profile", label: "Profile" },
  ];
}
