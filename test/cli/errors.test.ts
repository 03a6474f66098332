import { describe, expect, it } from "vitest";
import { renderError } from "../../src/cli/errors.ts";
import { EXIT, EXIT_MEANINGS, exitCodeOf } from "../../src/cli/exit.ts";
import { bytes, count, duration, table } from "../../src/cli/terminal/layout.ts";
import { Failure, type FailureKind } from "../../src/runtime/failure.ts";

describe("an error in words", () => {
  it("says what, where and what to do, in two lines", () => {
    const failure = new Failure({
      kind: "permissionDenied",
      message: "the token may not read API tokens",
      attempted: "GET /api/v1/api-tokens",
      answer: { status: 403, code: "E0000006", summary: "You do not have permission", requestId: "req1" },
      advice: "leave --sync-secrets out, or use a Super Administrator's token",
    });
    expect(renderError(failure, false)).toBe(
      "Error: The token may not read API tokens (GET /api/v1/api-tokens: answered 403 E0000006 You do not have permission, request req1).\n" +
        "Leave --sync-secrets out, or use a Super Administrator's token.\n",
    );
  });

  it("does not say twice what the message says already", () => {
    const failure = new Failure({
      kind: "unauthenticated",
      message: "Okta does not accept the token (HTTP 401): E0000011 Invalid token provided",
      answer: { status: 401, code: "E0000011", summary: "Invalid token provided" },
    });
    expect(renderError(failure, false)).toBe(
      "Error: Okta does not accept the token (HTTP 401): E0000011 Invalid token provided.\n",
    );
  });

  it("keeps names of flags and files as they are", () => {
    expect(renderError(new Failure({ kind: "usage", message: "--domain is missing" }), false)).toBe(
      "Error: --domain is missing.\n",
    );
    expect(renderError(new Failure({ kind: "usage", message: "g.c1z is not a snapshot" }), false)).toMatch(
      /^Error: g\.c1z/,
    );
  });

  it("keeps ids and the names of fields as they are", () => {
    const told = (message: string, field?: string) =>
      renderError(new Failure({ kind: "invalidArgument", message, ...(field === undefined ? {} : { field }) }), false);
    expect(told("group:member cannot be held")).toBe("Error: group:member cannot be held.\n");
    expect(told("login must be a text", "account_info.profile.login")).toBe("Error: login must be a text.\n");
    expect(told("the login is taken", "login")).toBe("Error: The login is taken.\n");
    expect(told("interrupted: it stopped")).toBe("Error: Interrupted: it stopped.\n");
  });

  it("shows stacks for debugging only", () => {
    const failure = new Failure({ kind: "internal", message: "it broke", cause: new TypeError("x is not a function") });
    expect(renderError(failure, false)).toBe("Error: It broke.\n");
    const debug = renderError(failure, true);
    expect(debug).toMatch(/^Error: It broke\.\nFailure: it broke\n {4}at /);
    expect(debug).toMatch(/caused by TypeError: x is not a function\n {4}at /);
  });

  it("puts the unexpected on one line, and says how to see more", () => {
    expect(renderError(new TypeError("a\n  b"), false)).toBe(
      "Error: Unexpected error: TypeError: a b.\nRun again with --log-level debug to see where it came from.\n",
    );
    expect(renderError("text", false)).toContain("Unexpected error: text");
  });

  it.each([
    ["ENOSPC", /disk is full \(writing \/x\/y\)\.\nMake room/],
    ["EDQUOT", /disk is full/],
    ["EACCES", /cannot open \/x\/y: permission denied/i],
    ["EROFS", /file system is read-only/],
  ])("knows the system's %s", (code, said) => {
    const error = Object.assign(new Error(code), { code, syscall: "open", path: "/x/y" });
    expect(renderError(error, false)).toMatch(said);
    expect(renderError(new Error("wrapped", { cause: error }), false)).toMatch(said);
  });

  it("knows SQLite's full disk", () => {
    expect(renderError(Object.assign(new Error("full"), { errcode: 13 }), false)).toContain("disk is full");
  });
});

describe("exit codes", () => {
  it.each<[FailureKind, number]>([
    ["usage", EXIT.usage],
    ["invalidArgument", EXIT.usage],
    ["unauthenticated", EXIT.credentials],
    ["permissionDenied", EXIT.credentials],
    ["cancelled", EXIT.interrupted],
    ["unavailable", EXIT.failed],
    ["notASnapshot", EXIT.failed],
    ["resourceExhausted", EXIT.failed],
  ])("%s ends with %i", (kind, code) => {
    expect(exitCodeOf(new Failure({ kind, message: "x" }))).toBe(code);
  });

  it("tells what was typed from what was refused", () => {
    expect(exitCodeOf(new Failure({ kind: "invalidArgument", message: "x", answer: { status: 400 } }))).toBe(
      EXIT.failed,
    );
    expect(exitCodeOf(new Error("x"))).toBe(EXIT.failed);
  });

  it("are all explained", () => {
    expect(Object.keys(EXIT_MEANINGS).map(Number)).toEqual(Object.values(EXIT));
  });
});

describe("numbers for people", () => {
  it.each([
    [0, "0 ms"],
    [850, "850 ms"],
    [1500, "1.5 s"],
    [59_000, "59 s"],
    [60_000, "1 min 0 s"],
    [3_725_000, "1 h 2 min"],
  ])("%i ms is %s", (ms, text) => expect(duration(ms)).toBe(text));

  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [74_659, "74.7 kB"],
    [999_950, "1.0 MB"],
    [250_000_000, "250 MB"],
  ])("%i bytes are %s", (size, text) => expect(bytes(size)).toBe(text));

  it("sets numbers to the right, and lets no name command the terminal", () => {
    expect(
      table(
        ["", "n"],
        [
          ["a\u001b[31m", 1],
          ["b", 1200],
        ],
      ),
    ).toBe("              n\n  a [31m      1\n  b       1,200\n");
    expect(count(1234567)).toBe("1,234,567");
  });
});
