import { expect, it } from "vitest";
import { cacheFolder, configFiles } from "../../../src/runtime/system/folders.ts";
import { shutdownSignals } from "../../../src/runtime/system/signals.ts";
import type { System } from "../../../src/runtime/system/system.ts";

const WINDOWS: System = {
  platform: "win32",
  home: "C:\\Users\\ada",
  env: { PROGRAMDATA: "C:\\ProgramData", LOCALAPPDATA: "C:\\Users\\ada\\AppData\\Local" },
};
const LINUX: System = { platform: "linux", home: "/home/ada", env: { PROGRAMDATA: "/nothing" } };

it("looks for the configuration in the current folder, and on Windows where services have it", () => {
  expect(configFiles(LINUX)).toEqual([".baton.yaml", ".baton.yml"]);
  expect(configFiles(WINDOWS)).toEqual([
    ".baton.yaml",
    ".baton.yml",
    "C:\\ProgramData\\baton-okta\\baton.yaml",
    "C:\\ProgramData\\baton-okta\\baton.yml",
    "C:\\ProgramData\\baton-okta\\.baton.yaml",
    "C:\\ProgramData\\baton-okta\\.baton.yml",
  ]);
  expect(configFiles({ ...WINDOWS, env: {} })).toEqual([".baton.yaml", ".baton.yml"]);
});

it("keeps what can be made again in the user's cache", () => {
  expect(cacheFolder(LINUX)).toBe("/home/ada/.cache/baton-okta");
  expect(cacheFolder({ ...LINUX, env: { XDG_CACHE_HOME: "/caches" } })).toBe("/caches/baton-okta");
  expect(cacheFolder(WINDOWS)).toBe("C:\\Users\\ada\\AppData\\Local\\baton-okta\\cache");
  expect(cacheFolder({ ...WINDOWS, env: {} })).toBe("C:\\Users\\ada\\AppData\\Local\\baton-okta\\cache");
});

it("listens for Ctrl-Break where there is one", () => {
  expect(shutdownSignals(WINDOWS)).toContain("SIGBREAK");
  expect(shutdownSignals(LINUX)).toEqual(["SIGINT", "SIGTERM", "SIGHUP"]);
});
