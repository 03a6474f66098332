import { expect, test } from "vitest";
import { diskFailure } from "../../../../src/baton/snapshot/container/disk.ts";
import { Failure } from "../../../../src/runtime/failure.ts";

function withCode(code: string): Error {
  return Object.assign(new Error(`${code}: something`), { code });
}

test.each([
  ["ENOSPC", "resourceExhausted", /disk .* full/],
  ["EDQUOT", "resourceExhausted", /disk .* full/],
  ["EACCES", "failedPrecondition", /no permission/],
  ["EROFS", "failedPrecondition", /no permission.*read-only/],
  ["ENOENT", "notFound", /not there/],
  ["EISDIR", "usage", /folder/],
  ["EIO", "internal", /EIO/],
])("%s is told apart and names the path", (code, kind, message) => {
  const failure = diskFailure(withCode(code), "write", "some/file") as Failure;
  expect(failure).toBeInstanceOf(Failure);
  expect(failure.kind).toBe(kind);
  expect(failure.message).toMatch(message);
  expect(failure.message).toContain("some/file");
});

test("what is no error of the file system stays what it is", () => {
  const error = new Error("no");
  expect(diskFailure(error, "write", "x")).toBe(error);
  const failure = new Failure({ kind: "internal", message: "no" });
  expect(diskFailure(failure, "write", "x")).toBe(failure);
});
