import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { orgFromJson } from "../../src/sandbox/org/json.ts";
import { startSandbox } from "../../src/sandbox/sandbox.ts";
import { readCopy, readDockerfile, said } from "./dockerfile.ts";

/** The most that may go into the image, in bytes, and what may be installed to make it. Raise them knowingly. */
const LIMITS = { program: 9_000_000, packages: 220, installed: 80_000_000 };

const { stages } = readDockerfile();
const [build, image] = stages;

let root: string;
/** A path of the image, as it lies here. */
const inImage = (path: string) => join(root, "image", path);

/** Runs a command in a folder, with nothing in the environment that could configure the program. */
async function execute(command: readonly string[], cwd: string, env: Record<string, string> = {}) {
  const [program, ...args] = command as [string, ...string[]];
  const path = `${join(process.execPath, "..")}:${process.env.PATH}`;
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(BATON_|NODE_OPTIONS|NODE_ENV|VITEST)/.test(name)),
  );
  const child = spawn(program, args, {
    cwd,
    env: { ...clean, PATH: path, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  const code = await new Promise((done, failed) => child.once("error", failed).once("close", done));
  return { code, printed };
}

function sizeOf(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

/** The packages of the lock file that are there without the ones for development, as folders. */
function productionPackages(): string[] {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
  return Object.entries<{ dev?: boolean; optional?: boolean }>(packages)
    .filter(([path, { dev }]) => path !== "" && !dev && existsSync(path))
    .map(([path]) => path);
}

/** Does what a `COPY` of the context says. */
function copy(rest: string, folder: string): void {
  const { sources, target } = readCopy(rest);
  for (const source of sources) {
    const to = source === basename(source) && statSync(source).isDirectory() ? target : join(target, basename(source));
    cpSync(source, join(folder, to), { recursive: true });
  }
}

describe("the image's steps, outside Docker", { timeout: 90_000 }, () => {
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "baton-okta-image-"));
    const source = join(root, "src");
    mkdirSync(source);
    for (const { name, rest } of build!.instructions) {
      if (name === "COPY") copy(rest, source);
      if (name !== "RUN") continue;
      if (rest.startsWith("npm ci") && !process.env.IMAGE_WITH_NPM) {
        install(source);
        continue;
      }
      const { code, printed } = await execute(["sh", "-c", rest], source);
      expect(code, printed).toBe(0);
    }
    for (const rest of said(image, "COPY")) {
      const { from, target } = readCopy(rest);
      if (from === undefined) copy(rest, join(root, "image"));
      else cpSync(join(source, "dist"), inImage(target), { recursive: true });
    }
    mkdirSync(inImage("/data"));
  }, 180_000);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  /**
   * What `npm ci` does, without the network: the production packages, the bundler and what the page is made of, each a link to what is installed
   * here. Were anything else needed for the build, it would fail. With IMAGE_WITH_NPM, as in CI, npm itself does it.
   */
  function install(source: string): void {
    const bundler = readdirSync("node_modules/@esbuild").map((name) => `node_modules/@esbuild/${name}`);
    const page = Object.keys(JSON.parse(readFileSync("package.json", "utf8")).devDependencies)
      .filter((name) => name === "preact" || name.startsWith("d3-"))
      .map((name) => `node_modules/${name}`);
    const under = readdirSync("node_modules")
      .filter((name) => /^(?:d3-|internmap)/.test(name))
      .map((name) => `node_modules/${name}`);
    const tops = [...new Set([...productionPackages(), "node_modules/esbuild", ...bundler, ...page, ...under])].filter(
      (path) => path.lastIndexOf("node_modules/") === 0,
    );
    for (const path of tops) {
      const link = join(source, path);
      mkdirSync(join(link, ".."), { recursive: true });
      symlinkSync(resolve(path), link);
    }
  }

  const entry = () => [process.execPath, inImage("/app/dist/main.js")];

  it("make a program that starts with nothing beside it", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(await execute([...entry(), "--version"], inImage("/data"))).toEqual({
      code: 0,
      printed: `baton-okta ${version}\n`,
    });
    expect(existsSync(inImage("/app/node_modules"))).toBe(false);
  });

  it("make a program that syncs an org, into the volume alone", async () => {
    const sandbox = await startSandbox({
      org: orgFromJson(JSON.parse(readFileSync("test/golden/org.json", "utf8"))),
      limits: "off",
    });
    const before = readdirSync(inImage("/app"), { recursive: true }).length;
    const env = { BATON_DOMAIN: sandbox.url, BATON_API_TOKEN: sandbox.token };
    const { code, printed } = await execute(entry(), inImage("/data"), env).finally(() => sandbox.close());
    expect(code, printed).toBe(0);
    expect(readdirSync(inImage("/data"))).toEqual(["sync.c1z"]);
    expect(readdirSync(inImage("/app"), { recursive: true })).toHaveLength(before);
    const shown = await execute([...entry(), "snapshot", "show", "sync.c1z"], inImage("/data"));
    expect(shown.code, shown.printed).toBe(0);
  });

  it("say by the health check that nothing runs", async () => {
    const { code, printed } = await execute([...entry(), "health-check", "--health-check-port", "1"], inImage("/data"));
    expect(code, printed).toBe(1);
    expect(printed).toContain("127.0.0.1:1");
  });

  it("ship little, and are made of little", () => {
    const packages = productionPackages();
    const found = {
      program: sizeOf(inImage("/app")),
      packages: packages.length,
      installed: packages
        .filter((path) => path.lastIndexOf("node_modules/") === 0)
        .reduce((sum, path) => sum + sizeOf(path), 0),
    };
    const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
    process.stdout.write(
      `image: ${megabytes(found.program)} in ${readdirSync(inImage("/app"), { recursive: true }).length} files, ` +
        `bundled from ${found.packages} production packages of ${megabytes(found.installed)}\n`,
    );
    for (const key of ["program", "packages", "installed"] as const) expect(found[key]).toBeLessThan(LIMITS[key]);
  });
});
