import { accessJsonLines } from "../grants.ts";
import { csvCell } from "./csv.ts";
import type { ExportForm } from "./form.ts";
import { exportJson } from "./json.ts";
import { cellText, REVIEW_COLUMNS, reviewRows } from "./review-rows.ts";

/** CSV (RFC 4180) with a header line, as reviewers need it; no name in it is run as a formula. */
export const csv: ExportForm = {
  about: "CSV with a header line",
  stream: true,
  files: ({ content }) => [
    {
      name: "grants.csv",
      *write() {
        yield `${REVIEW_COLUMNS.join(",")}\r\n`;
        for (const row of reviewRows(content)) {
          yield `${REVIEW_COLUMNS.map((column) => csvCell(cellText(row[column]))).join(",")}\r\n`;
        }
      },
    },
  ],
};

/** One JSON object a line: who holds what, and why. */
export const jsonl: ExportForm = {
  about: "one JSON object a line",
  stream: true,
  files: ({ content }) => [{ name: "grants.jsonl", write: () => accessJsonLines(content) }],
};

/** All that the snapshot holds, as one JSON document. */
export const json: ExportForm = {
  about: "one JSON document with every message",
  stream: true,
  files: ({ content }) => [{ name: "snapshot.json", write: () => exportJson(content) }],
};
