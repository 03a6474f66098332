import { html, raw } from "hono/html";
import { gapsOf } from "../../review/campaign.ts";
import { MAX_JUSTIFICATION } from "../../review/decisions/decide.ts";
import type { ReviewState } from "../../review/state.ts";
import { type RefusedAnswer, shownAs } from "./decision-form.ts";
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
  readonly refused: readonly RefusedAnswer[];
}

/** A reviewer's items as a page of forms, without scripts: it is worked through with the keyboard. Every text is escaped. */
export function reviewHtml({ state, reviewer, csrf, filter, page, messages, refused }: ReviewPage) {
  const { name, settings } = state.campaign;
  const { rows, total, own, decided, offset } = page;
  const link = (at: number) => `/?state=${filter.state}&q=${encodeURIComponent(filter.q)}&offset=${at}`;
  const last = Math.min(offset + filter.limit, total);
  const hidden = html`<input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="back" value="${link(offset)}">`;
  const article = (row: ShownItem, save: Html = html``) =>
    itemHtml(
      row,
      state,
      refused.find(({ item }) => item === row.id),
      save,
    );
  const button = (more: Html) => html`<button type="submit" class="button button-main">Save${more}</button>`;
  const items = settings.forbidBulk
    ? rows.map((row) => {
        const save = button(html`<span class="visually-hidden"> the decision on ${headingOf(row)}</span>`);
        return html`<form method="post" action="/decide">${hidden}${article(row, save)}</form>\n`;
      })
    : html`<form method="post" action="/decide">${hidden}${rows.map((row) => article(row))}<p class="save">${button(html``)}</p></form>`;
  const turn = html`<nav class="turn" aria-label="Pages">${offset > 0 ? html`<a class="button" href="${link(Math.max(0, offset - filter.limit))}">Previous</a>` : ""}${last < total ? html`<a class="button" href="${link(last)}">Next</a>` : ""}</nav>`;
  return html`${raw("<!doctype html>")}
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${name}: ${decided} of ${own} decided</title><link rel="stylesheet" href="/assets/review.css"><link rel="icon" href="data:,"></head>
<body>
<header class="top"><div><h1>${name}</h1><p class="progress"><span>${reviewer}: ${decided} of ${own} decided</span><progress aria-label="Decided" max="${Math.max(1, own)}" value="${decided}"></progress></p></div></header>
<main>
${gapsOf(state.campaign).map((gap) => notice("high", html`Not whole: ${gap}`))}
${messages.length + refused.length === 0 ? "" : told(messages, refused, rows)}
<form method="get" action="/" class="filter"><label class="field"><span>Find</span><input type="search" name="q" value="${filter.q}"></label>
<label class="check"><input type="checkbox" name="state" value="all"${filter.state === "all" ? raw(" checked") : ""}> Also what is decided</label><button type="submit" class="button">Show</button></form>
<p class="muted">${total > 0 ? `${offset + 1} to ${last} of ${total}` : own === decided ? "Everything is decided." : "Nothing fits."}</p>
${rows.length > 0 ? items : ""}
${offset > 0 || last < total ? turn : ""}
</main>
</body>
</html>
`;
}

type Html = ReturnType<typeof html>;

function notice(tone: "high" | "good" | "critical", text: Html) {
  return html`<div class="notice tone-${tone}"><div class="notice-text">${text}</div></div>`;
}

/** What came of the last decisions. It has the focus, so that whoever listens hears it first. */
function told(messages: readonly string[], refused: readonly RefusedAnswer[], rows: readonly ShownItem[]) {
  const lines = refused.map(({ item, reason }) => {
    const row = rows.find(({ id }) => id === item);
    return html`<li>${row === undefined ? item : html`<a href="#${item}">${headingOf(row)}</a>`} was not taken: ${reason}.</li>`;
  });
  const text = html`${messages.map((message) => html`<p>${message}</p>`)}${lines.length === 0 ? "" : html`<ul>${lines}</ul>`}`;
  return html`<div role="status" tabindex="-1" autofocus>${notice(lines.length === 0 ? "good" : "critical", text)}</div>`;
}

function headingOf({ who, login, kind, what }: ShownItem): string {
  return `${who} (${login || kind}): ${what}`;
}

function itemHtml(item: ShownItem, { campaign }: ReviewState, refused: RefusedAnswer | undefined, save: Html) {
  const facts: [string, string | Html][] = [
    ["Why", item.why],
    ["Last sign-in", item.lastSignIn !== "" ? momentOf(item.lastSignIn) : item.kind === "group" ? "" : "not known"],
    ["Status", [item.status, item.kind, item.department].filter((text) => text !== "").join(", ")],
    ["Findings", item.findings.length === 0 ? "" : findingsHtml(item)],
    ["Recommendation", item.recommendation.replace(/^NONE: /, "")],
    ["Ends", momentOf(item.temporaryUntil)],
    ["Earlier", item.earlier],
    ["If revoked", item.ifRevoked],
  ];
  const { decision, justification } = refused ?? item;
  const choice = (value: string, label: string) =>
    html`<label class="check"><input type="radio" name="decision-${item.id}" value="${value}"${decision === value ? raw(" checked") : ""}> ${label}</label>`;
  const needed = { none: "", all: " (required)", privileged: item.privileged ? " (required)" : "" };
  const hint =
    { ...needed, revoke: " (required to revoke)", approve: " (required to approve)" }[
      campaign.settings.requireJustification
    ] ?? "";
  return html`<article class="panel item${refused === undefined ? "" : " is-refused"}" id="${item.id}" aria-labelledby="about-${item.id}"><h2 id="about-${item.id}"><span>${headingOf(item)}</span>${item.privileged ? html` <span class="badge tone-high">privileged</span>` : ""}</h2>
<dl>${facts.filter(([, text]) => text !== "").map(([label, text]) => html`<dt>${label}</dt><dd>${text}</dd>`)}</dl>
<fieldset><legend class="visually-hidden">Decision on ${headingOf(item)}</legend>${choice("APPROVE", "Approve")}${choice("REVOKE", "Revoke")}
<label class="field"><span>Justification${hint}</span><input type="text" name="justification-${item.id}" value="${justification}" maxlength="${MAX_JUSTIFICATION}"></label><input type="hidden" name="shown-${item.id}" value="${shownAs(item)}">${save}${refused === undefined ? "" : html`<p class="refusal">${refused.reason}</p>`}</fieldset></article>
`;
}

function findingsHtml({ findings }: ShownItem) {
  return html`<ul>${findings.map(({ severity, what }) => html`<li><span class="badge tone-${severity}">${severity}</span> ${what}</li>`)}</ul>`;
}

/** A moment to the minute, as people read it; other texts as they are. */
function momentOf(text: string): string {
  return text.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)[\d:.]*Z$/, "$1 $2 UTC");
}
