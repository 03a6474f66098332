import { expect, it } from "vitest";
import { missingIn, withMissing } from "../../../src/baton/snapshot/missing.ts";
import { readState, type State, writeState } from "../../../src/baton/sync/incremental/state.ts";
import { parseRecord } from "../../../src/baton/sync/read-record.ts";

const STATE: State = {
  binding: "b",
  since: { log: { at: "x" } },
  fullAt: 1,
  runs: 0,
  whole: true,
  shown: [["group", "g1", 0, 3]],
  unsure: [],
  found: [],
};
const RECORD = JSON.stringify({
  readRecord: 1,
  ...{ whole: true, read: ["user:1"], gone: [], entitlements: true, grants: true, held: {} },
});

it("adds what could not be read to a state, which stays one", () => {
  const text = withMissing(writeState(STATE), ["roles: no permission"]);
  expect(missingIn(text)).toEqual(["roles: no permission"]);
  expect(readState(text)).toMatchObject(STATE);
  expect(missingIn(withMissing(writeState(STATE), []))).toEqual([]);
});

it("adds it to the record of a partial sync", () => {
  const text = withMissing(RECORD, ["a", "b"]);
  expect(missingIn(text)).toEqual(["a", "b"]);
  expect(parseRecord(text)).toEqual(parseRecord(RECORD));
});

it("says it alone where there is no state, also that nothing is missing", () => {
  expect(missingIn(withMissing("", ["a"]))).toEqual(["a"]);
  expect(readState(withMissing("", ["a"]))).toBeUndefined();
  expect(missingIn(withMissing("", []))).toEqual([]);
});

it("knows nothing of what other writers leave", () => {
  for (const token of ["", "{", '{"entries":[]}', "baton-okta/1 [", undefined, 5]) {
    expect(missingIn(token)).toBeUndefined();
  }
});
