import { readFileSync } from "node:fs";
import { parseYaml } from "../../runtime/config/yaml-document.ts";
import { Failure } from "../../runtime/failure.ts";
import { parseCsv } from "../sheets/csv-reader.ts";

/** A line of a reviewers' file: who decides on what. */
export interface ReviewerRule {
  /** What it is about, with `*` for anything: an entitlement's id, a resource (`app:0oa1`) or a type (`role:*`). */
  readonly items: string;
  /** Whose access, where not anybody's: `user:00u1`, a login or an email, with `*` for anything. */
  readonly principals: string;
  readonly reviewer: string;
}

const FIELDS = ["items", "principals", "reviewer"];

/**
 * Reads a reviewers' file: CSV with the columns `items`, `reviewer` and, where wanted, `principals`, or the same as YAML or
 * JSON, a list of objects. The first line that fits decides. Throws a {@link Failure} of kind `usage` that names the line.
 */
export function readReviewers(path: string): ReviewerRule[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch (cause) {
    throw wrong(`the reviewers ${path} cannot be read: ${(cause as Error).message}`, cause);
  }
  const rows = /\.csv$/i.test(path) ? fromCsv(path, text) : fromYaml(path, text);
  return rows.map((row, i) => {
    const at = `entry ${i + 1} of ${path}`;
    const other = Object.keys(row).find((field) => !FIELDS.includes(field));
    if (other !== undefined) throw wrong(`${at} has a field ${JSON.stringify(other)}`);
    const field = (name: string) => (typeof row[name] === "string" ? (row[name] as string).trim() : "");
    if (field("items") === "" || field("reviewer") === "") throw wrong(`${at} lacks items or reviewer`);
    return { items: field("items"), principals: field("principals") || "*", reviewer: field("reviewer") };
  });
}

function fromCsv(path: string, text: string): Record<string, unknown>[] {
  const [header, ...rows] = parseCsv(text);
  if (header === undefined) throw wrong(`${path} is empty`);
  return rows.map((row) => Object.fromEntries(header.map((name, i) => [name.trim(), row[i] ?? ""])));
}

function fromYaml(path: string, text: string): Record<string, unknown>[] {
  const root = parseYaml(path, text);
  if (!Array.isArray(root) || root.some((one) => typeof one !== "object" || one === null || Array.isArray(one))) {
    throw wrong(`${path} holds no list of reviewers`);
  }
  return root as Record<string, unknown>[];
}

/** Whether a pattern, in which `*` stands for anything, is one of some texts, in whatever case. */
export function matches(pattern: string, texts: readonly string[]): boolean {
  if (pattern === "*") return true;
  const parts = pattern
    .toLowerCase()
    .split("*")
    .map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  const expression = new RegExp(`^${parts.join("[\\s\\S]*")}$`);
  return texts.some((text) => expression.test(text.toLowerCase()));
}

function wrong(message: string, cause?: unknown): Failure {
  return new Failure({
    kind: "usage",
    message,
    advice: "each takes items and reviewer, and principals where wanted",
    cause,
  });
}
