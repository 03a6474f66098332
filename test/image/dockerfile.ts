import { readFileSync } from "node:fs";

/** One instruction of a Dockerfile. */
export interface Instruction {
  readonly name: string;
  /** What follows the name, on one line. */
  readonly rest: string;
}

/** A stage: what it is made from, and what is done in it. */
export interface Stage {
  readonly from: string;
  readonly alias: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** The instructions before the first stage, and the stages. */
export function readDockerfile(path = "Dockerfile"): { global: Instruction[]; stages: Stage[] } {
  const text = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n")
    .replaceAll(/\\\n\s*/g, "");
  const global: Instruction[] = [];
  const stages: { from: string; alias: string | undefined; instructions: Instruction[] }[] = [];
  for (const line of text.split("\n").filter((one) => one.trim() !== "")) {
    const [, name, rest] = line.match(/^([A-Z]+)\s+(.*)$/) ?? [];
    if (name === undefined || rest === undefined) throw new Error(`not an instruction: ${line}`);
    if (name === "FROM") {
      const [from, , alias] = rest.split(/\s+/) as [string, string?, string?];
      stages.push({ from, alias, instructions: [] });
    } else (stages.at(-1)?.instructions ?? global).push({ name, rest });
  }
  return { global, stages };
}

/** What the instructions of one name say in a stage. */
export const said = (stage: Stage | undefined, name: string): string[] =>
  (stage?.instructions ?? []).filter((one) => one.name === name).map(({ rest }) => rest);

/** A `COPY`: from which stage, what, and where to. */
export function readCopy(rest: string): { from: string | undefined; sources: string[]; target: string } {
  const words = rest.split(/\s+/);
  const paths = words.filter((word) => !word.startsWith("--"));
  const from = words.find((word) => word.startsWith("--from="))?.slice("--from=".length);
  return { from, sources: paths.slice(0, -1), target: paths.at(-1)! };
}
