import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { AccessGraph } from "../../baton/access/graph.ts";
import { Names } from "../../baton/access/names.ts";
import type { SyncContent } from "../../baton/snapshot/content.ts";
import type { SnapshotReader, SyncRun } from "../../baton/snapshot/reader.ts";
import { AccessCatalog } from "../catalog/access.ts";
import { forgetFile, openDatabase } from "../catalog/database.ts";
import { type TypeNames, typesOf } from "../catalog/kinds.ts";
import { NamesCatalog } from "../catalog/names.ts";
import { JudgedFindings } from "../findings/judged.ts";
import type { Job, JobRunner } from "../jobs/job.ts";
import { Background } from "./background.ts";

/** What a view works with. */
export interface SyncViewDeps {
  readonly run: SyncRun;
  readonly reader: SnapshotReader;
  readonly jobs: JobRunner;
  /** Where databases are written. */
  readonly folder: string;
}

/** So many resources of a type are looked at for the names of their fields before all were read. */
const MAX_SAMPLED = 50;

/** One sync of the snapshot, with what was worked out of it. */
export class SyncView {
  readonly run: SyncRun;
  readonly content: SyncContent;
  readonly graph: AccessGraph;
  /** Names by id, remembered. */
  readonly shown: Names;
  readonly types: ReadonlyMap<string, TypeNames>;
  /** What everything is called. */
  readonly names: Background<NamesCatalog>;
  /** Who holds what. */
  readonly access: Background<AccessCatalog>;
  /** What the rules found. */
  readonly findings: Background<JudgedFindings>;
  readonly #deps: SyncViewDeps;
  readonly #files: string[] = [];
  readonly #sampled = new Map<string, readonly string[]>();

  constructor(deps: SyncViewDeps) {
    this.#deps = deps;
    this.run = deps.run;
    this.content = deps.reader.content(deps.run.syncId);
    this.graph = new AccessGraph(this.content);
    this.shown = new Names(this.content);
    this.types = typesOf(this.content);
    const sync = deps.run.syncId;
    let namesFile = "";
    this.names = new Background(async () => {
      namesFile = await this.#written((out) => ({ kind: "names", sync, out }));
      return new NamesCatalog(openDatabase(namesFile), this.types);
    });
    this.access = new Background(async () => {
      await this.names.value();
      const file = await this.#written((out) => ({ kind: "access", sync, names: namesFile, out }));
      const db = openDatabase(file);
      db.prepare("ATTACH ? AS names").run(namesFile);
      this.#forgetFiles();
      return new AccessCatalog(db);
    });
    this.findings = new Background(async () => {
      // One after the other in any case, and who holds what is asked for first.
      const names = await this.access.value().then(() => this.names.value());
      const file = await this.#written((out) => ({ kind: "findings", sync, out }));
      const db = openDatabase(file);
      this.#forgetFiles();
      return new JudgedFindings(db, names);
    });
  }

  /** The names of the profile fields that resources of a type have: of the first of them, until all were read. */
  fields(type: string): readonly string[] {
    const { ready } = this.names;
    if (ready !== undefined) return ready.fields(type);
    let sampled = this.#sampled.get(type);
    if (sampled === undefined) {
      const found = new Set<string>();
      let seen = 0;
      for (const { message } of this.content.resources(type)) {
        for (const name of Object.keys(message.profile ?? {})) found.add(name);
        if (++seen === MAX_SAMPLED) break;
      }
      sampled = [...found].sort();
      this.#sampled.set(type, sampled);
    }
    return sampled;
  }

  /** Whether something is worked out at the moment. */
  get busy(): boolean {
    return [this.names, this.access, this.findings].some(({ state }) => state === "working");
  }

  close(): void {
    this.names.ready?.db.close();
    this.access.ready?.close();
    this.findings.ready?.close();
    this.#forgetFiles();
  }

  /** Has a job write a database, and says where. */
  async #written(job: (out: string) => Job): Promise<string> {
    const out = join(this.#deps.folder, `${randomUUID()}.db`);
    this.#files.push(out);
    await this.#deps.jobs.run(job(out));
    return out;
  }

  #forgetFiles(): void {
    for (const file of this.#files.splice(0)) forgetFile(file);
  }
}
