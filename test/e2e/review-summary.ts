import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type DefaultTreeAdapterTypes, parse } from "parse5";
import { jsonLines } from "../cli/review/campaign.ts";

type Node = DefaultTreeAdapterTypes.ChildNode | DefaultTreeAdapterTypes.Document;

/** What the summary's page says, read by somebody else's parser. */
export interface SummaryPage {
  /** What stands beside each name. */
  readonly facts: Readonly<Record<string, string>>;
  /** The rows of each table, by its column names. */
  readonly tables: readonly (readonly Readonly<Record<string, string>>[])[];
  /** The text of everything but the tables and the facts. */
  readonly text: string;
  /** Elements that could run or load something. */
  readonly active: readonly string[];
  /** What the parser found wrong. */
  readonly errors: readonly string[];
}

export function summaryPage(dir: string): SummaryPage {
  const errors: string[] = [];
  const root = parse(readFileSync(join(dir, "summary.html"), "utf8"), {
    onParseError: ({ code, startLine }) => void errors.push(`${code} in line ${startLine}`),
  });
  const texts = (tag: string, of: Node = root) => all(of, tag).map(textOf);
  const [names, values] = [texts("dt"), texts("dd")];
  const tables = all(root, "table").map((table) => {
    const columns = texts("th", table);
    const rows = all(table, "tr").filter((row) => all(row, "td").length > 0);
    return rows.map((row) => Object.fromEntries(texts("td", row).map((cell, i) => [columns[i]!, cell])));
  });
  const active = ["script", "img", "iframe", "object", "link", "a", "form"].filter((tag) => all(root, tag).length > 0);
  return {
    facts: Object.fromEntries(names.map((name, i) => [name, values[i]!])),
    ...{ tables, active, errors, text: textOf(all(root, "body")[0]!) },
  };
}

function all(node: Node, tag: string): Node[] {
  const children = "childNodes" in node ? node.childNodes : [];
  return [...("tagName" in node && node.tagName === tag ? [node] : []), ...children.flatMap((one) => all(one, tag))];
}

function textOf(node: Node): string {
  if (node.nodeName === "#text") return (node as DefaultTreeAdapterTypes.TextNode).value;
  return "childNodes" in node ? node.childNodes.map(textOf).join("") : "";
}

interface Item {
  readonly id: string;
  readonly carried: boolean;
  readonly entitlement: { readonly privileged: boolean };
  readonly principal: { readonly kind: string };
  readonly temporary: object | null;
}
interface Decision {
  readonly item: string;
  readonly decision: string;
  readonly reviewer: string;
  readonly fast: boolean;
  readonly carried: object | null;
}
interface Remediation {
  readonly item: string;
  readonly status: string;
  readonly proof: { readonly file: string; readonly sha256: string } | null;
}

/** What the summary has to say, counted again from the lines that stand beside it. */
export function recounted(dir: string, snapshot: string) {
  const [population, decisions, remediation] = [
    jsonLines(dir, "population.jsonl") as unknown as Item[],
    jsonLines(dir, "decisions.jsonl") as unknown as Decision[],
    jsonLines(dir, "remediation.jsonl") as unknown as Remediation[],
  ];
  const of = <T>(some: readonly T[], is: (one: T) => boolean) => String(some.filter(is).length);
  const asked = decisions.filter(({ carried }) => carried === null);
  const said = (some: readonly Decision[], decision: string) => of(some, (one) => one.decision === decision);
  const numbers = {
    "SHA-256": sha256(snapshot),
    Snapshot: basename(snapshot),
    Items: String(population.length),
    "Asked about": of(population, ({ carried }) => !carried),
    "Carried from an earlier review": of(population, ({ carried }) => carried),
    Privileged: of(population, ({ entitlement }) => entitlement.privileged),
    "Held by no person": of(population, ({ principal }) => principal.kind !== "human"),
    Temporary: of(population, ({ temporary }) => temporary !== null),
    Approved: said(asked, "APPROVE"),
    Revoked: said(asked, "REVOKE"),
    Unreviewed: said(asked, "UNREVIEWED"),
    "Without a reviewer": of(asked, ({ reviewer }) => reviewer === ""),
    "Decided faster than a person reads": of(asked, ({ fast }) => fast),
    "Gone, and seen to be": of(remediation, ({ status }) => status === "SUCCESS"),
    "Something else has to change": of(remediation, ({ status }) => status === "MANUAL"),
    Failed: of(remediation, ({ status }) => status === "ERROR"),
    "Not done yet": of(remediation, ({ status }) => status === "OPEN"),
  };
  const reviewers = [...new Set(asked.map(({ reviewer }) => reviewer))].sort().map((reviewer) => {
    const own = asked.filter((one) => one.reviewer === reviewer);
    return {
      Reviewer: reviewer || "(nobody)",
      Asked: String(own.length),
      Approved: said(own, "APPROVE"),
      Revoked: said(own, "REVOKE"),
      Unreviewed: said(own, "UNREVIEWED"),
      Fast: of(own, ({ fast }) => fast),
    };
  });
  const gone = remediation.map(({ item, status, proof }) => ({
    Item: item,
    State: status,
    Proof: proof === null ? "" : proof.file === "" ? proof.sha256 : sha256(join(dir, proof.file)),
  }));
  const open = asked.filter(({ decision }) => decision === "UNREVIEWED").map(({ item }) => item);
  return { numbers, reviewers, gone, open };
}

function sha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
