import type { ExportForm } from "./form.ts";
import type { GraphVocabulary } from "./opengraph.ts";

/** The forms of an export, each loaded when it is asked for. */
const FORMS = {
  csv: async () => (await import("./texts.ts")).csv,
  xlsx: async () => (await import("./xlsx.ts")).xlsx,
  jsonl: async () => (await import("./texts.ts")).jsonl,
  json: async () => (await import("./texts.ts")).json,
  parquet: async () => (await import("./parquet.ts")).parquet,
  ocsf: async () => (await import("./ocsf.ts")).ocsf,
  opengraph: async (vocabulary: GraphVocabulary) => (await import("./opengraph.ts")).opengraph(vocabulary),
  openfga: async () => (await import("./openfga.ts")).openfga,
} as const satisfies Readonly<Record<string, (vocabulary: GraphVocabulary) => Promise<ExportForm>>>;

/** The name of a form. */
export type FormName = keyof typeof FORMS;

/** A form by its name. `vocabulary`: how a graph calls what the snapshot holds. */
export function loadForm(name: FormName, vocabulary: GraphVocabulary): Promise<ExportForm> {
  return FORMS[name](vocabulary);
}
