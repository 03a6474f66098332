import { isFailure } from "../../runtime/failure.ts";
import type { Call, Changes, Cursor, Listed, ResourceTypeSupport } from "../connector.ts";
import type { Checks } from "./checks/checks.ts";
import type { Incremental } from "./incremental/incremental.ts";
import type { PartCursor } from "./incremental/state.ts";
import type { Lane } from "./plan.ts";
import type { Routes } from "./routes/routes.ts";
import type { Work } from "./work/queue.ts";
import type { Store } from "./work/store.ts";

/** What {@link readWork} needs; of what is optional, that which the lane is about. */
export interface ReadWorkDeps {
  readonly store: Store;
  readonly routes?: Routes | undefined;
  readonly changes?: Changes | undefined;
  readonly incremental?: Incremental | undefined;
  readonly checks?: Checks;
}

/** A page that was read. */
export interface ReadWork {
  /** How many items it showed. */
  readonly items: number;
  /** Stores it, as read at `at`. Belongs into a transaction of the caller's. */
  readonly store: (at: string) => void;
}

/** Reads the page that a row of the queue names. Throws whatever the connector throws. */
export async function readWork(
  { store, routes, changes, incremental, checks }: ReadWorkDeps,
  { operation, support, all }: Lane,
  work: Work,
  call: Call,
): Promise<ReadWork> {
  const cursor: Cursor | undefined = work.cursor === undefined ? undefined : JSON.parse(work.cursor);
  switch (operation) {
    case "list": {
      const page = await support.list(cursor, call);
      return { items: page.items.length, store: (at) => store.addList(work, page, at) };
    }
    case "changes": {
      const { part, at: from } = cursor as PartCursor;
      const page = await changes!.page(part, from, call);
      return {
        items: page.items.length + (page.listed?.length ?? 0),
        store: (at) => incremental!.addChanges(work, page, at),
      };
    }
    case "one": {
      const principal = cursor as { type: string; id: string };
      const page = await support.grantsTo!(store.subject(work.subject!), principal, call);
      return { items: page.items.length, store: (at) => store.addOne(work, page, at) };
    }
    case "get": {
      const type = support.type.id;
      const { some } = cursor as { some?: readonly string[] };
      if (some !== undefined) {
        const found = await getSome(support, some, call);
        return { items: some.length, store: (at) => incremental!.addSome(work, type, some, found, at) };
      }
      const { id, related } = cursor as { id: string; related?: boolean };
      const listed = await getOne(support, id, call);
      return { items: 1, store: (at) => store.addSingle(work, { type, id }, related === true, listed, at) };
    }
    case "check": {
      const id = work.subject === undefined ? "" : (store.subject(work.subject).id?.resource ?? "");
      return { items: 1, store: await checks!.read(support, id, work, call) };
    }
    case "held": {
      const type = support.type.id;
      const resourceOf = routes!.resourceOf(type);
      const page = await support.otherRoute!.page(store.subject(work.subject!), cursor, resourceOf, call);
      return { items: page.items.length, store: (at) => store.addHeld(work, page, type, at) };
    }
    case "entitlements": {
      const page = await support.listEntitlements!(store.subject(work.subject!), cursor, call);
      return { items: page.items.length, store: (at) => store.addEntitlementPage(work, page, at) };
    }
    default: {
      const page = all
        ? await all.page(cursor, call)
        : await support.grants!(store.subject(work.subject!), cursor, call);
      return { items: page.items.length, store: (at) => store.addGrants(work, page, at, all) };
    }
  }
}

/** Several resources, by one call or by single ones; those that are not there are left out. */
async function getSome(support: ResourceTypeSupport, ids: readonly string[], call: Call): Promise<readonly Listed[]> {
  if (support.getSome) return support.getSome(ids, call);
  const found: Listed[] = [];
  for (const id of ids) {
    const listed = await getOne(support, id, call);
    if (listed) found.push(listed);
  }
  return found;
}

/** One resource; `undefined` where it is not there. */
async function getOne(support: ResourceTypeSupport, id: string, call: Call): Promise<Listed | undefined> {
  try {
    return await support.get!(id, call);
  } catch (error) {
    if (isFailure(error, "notFound")) return undefined;
    throw error;
  }
}
