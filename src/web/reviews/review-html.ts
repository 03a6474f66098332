import { html, raw } from "hono/html";
import { gapsOf } from "../../review/campaign.ts";
import type { ReviewState } from "../../review/state.ts";
import type { ItemFilter, itemPage, ShownItem } from "./item-page.ts";

/** What the page is made of. */
export interface ReviewPage {
  readonly state: ReviewState;
  readonly reviewer: string;
  readonly csrf: string;
  readonly filter: ItemFilter;
  readonly page: ReturnType<typeof itemPage>;
  /** What came of the last decisions. */
  readonly messages: readonly string[];
}

/** A reviewer's items as a page of forms, without scripts: it is worked through with the keyboard. Every text is escaped. */
export function reviewHtml({ state, reviewer, csrf, filter, page, messages }: ReviewPage) {
  const { name, settings } = state.campaign;
  const { rows, total, own, decided } = page;
  const link = (offset: number) => `/?state=${filter.state}&q=${encodeURIComponent(filter.q)}&offset=${offset}`;
  const last = Math.min(filter.offset + rows.length, total);
  const hidden = html`<input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="back" value="${link(filter.offset)}">`;
  const save = html`<button type="submit">Save</button>`;
  const items = settings.forbidBulk
    ? rows.map((row) => html`<form method="post" action="/decide">${hidden}${itemHtml(row)}${save}</form>`)
    : html`<form method="post" action="/decide">${hidden}${rows.map(itemHtml)}${rows.length === 0 ? "" : save}</form>`;
  return html`${raw("<!doctype html>")}
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${name}</title><link rel="stylesheet" href="/assets/review.css"></head>
<body>
<header><h1>${name}</h1><p>${reviewer}: ${decided} of ${own} decided</p><progress max="${own}" value="${decided}"></progress></header>
<main>
${gapsOf(state.campaign).map((gap) => html`<p class="gap">Not whole: ${gap}</p>`)}
${messages.map((message) => html`<p class="message" role="status">${message}</p>`)}
<form method="get" action="/" class="filter"><label>Find <input name="q" value="${filter.q}"></label>
<label><input type="checkbox" name="state" value="all"${filter.state === "all" ? raw(" checked") : ""}> decided too</label><button type="submit">Show</button></form>
${rows.length === 0 ? html`<p>${own === decided ? "Everything is decided." : "Nothing fits."}</p>` : html`<p>${filter.offset + 1} to ${last} of ${total}</p>`}
${items}
<nav>${filter.offset > 0 ? html`<a href="${link(Math.max(0, filter.offset - filter.limit))}">Previous</a>` : ""} ${last < total ? html`<a href="${link(last)}">Next</a>` : ""}</nav>
</main>
</body>
</html>
`;
}

function itemHtml(item: ShownItem) {
  const facts: [string, string][] = [
    ["Why", item.why],
    ["Last sign-in", item.lastSignIn || "not known"],
    ["Status", [item.status, item.kind, item.department].filter((text) => text !== "").join(", ")],
    ["Findings", item.findings.join("; ")],
    ["Recommendation", item.recommendation],
    ["Ends", item.temporaryUntil],
    ["Earlier", item.earlier],
    ["If revoked", item.ifRevoked],
  ];
  const choice = (value: string, label: string) =>
    html`<label><input type="radio" name="decision-${item.id}" value="${value}"${item.decision === value ? raw(" checked") : ""}> ${label}</label>`;
  return html`<fieldset><legend>${item.who} (${item.login || item.kind}): ${item.what}${item.privileged ? html` <strong>privileged</strong>` : ""}</legend>
<dl>${facts.filter(([, text]) => text !== "").map(([label, text]) => html`<dt>${label}</dt><dd>${text}</dd>`)}</dl>
<p>${choice("APPROVE", "Approve")} ${choice("REVOKE", "Revoke")} <label>Justification <input name="justification-${item.id}" value="${item.justification}" maxlength="2000"></label></p></fieldset>
`;
}

/** The page's style; nothing of it comes from elsewhere. */
export const REVIEW_CSS =
  "body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:0 1rem;color:#1a1a1a;background:#fff}header{position:sticky;top:0;background:#fff;border-bottom:1px solid #ccc;padding-bottom:.5rem}h1{font-size:1.3rem;margin:.6rem 0 0}header p{margin:.2rem 0}fieldset{border:1px solid #bbb;border-radius:6px;margin:.8rem 0}legend{font-weight:600;overflow-wrap:anywhere}dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.3rem 0}dt{color:#555}dd{margin:0;overflow-wrap:anywhere}.gap{border:2px solid #a00;padding:.3rem .6rem}.message{border:1px solid #060;padding:.3rem .6rem}input[name^=justification]{width:24rem;max-width:100%}button{padding:.3rem 1rem}:focus-visible{outline:3px solid #1a5fb4;outline-offset:1px}@media(prefers-color-scheme:dark){body,header{background:#181818;color:#eee}dt{color:#aaa}}\n";
