/**
 * Builds the image as an OCI layout without any daemon: one layer with the program on top of a base that holds Node 26,
 * with its bill of materials and its provenance attached. Made twice, it is the same to the byte.
 *
 *     npm run image -- --base oci:DIR [--out DIR] [--arch amd64|arm64]
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { bundle, version } from "../bundle.ts";
import { type ArchivedFile, buildTime, tarGz } from "../package/archive.ts";
import { packagesInside } from "../package/inside.ts";
import { sbomOf } from "../package/sbom.ts";
import { type Descriptor, digestOf, type ImageConfig, Layout, type Manifest, MEDIA } from "./layout.ts";

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

const { values } = parseArgs({
  options: { base: { type: "string" }, out: { type: "string" }, arch: { type: "string" } },
});
if (!values.base?.startsWith("oci:"))
  throw new Error("--base oci:DIR is needed: an OCI image layout that holds Node 26");
const architecture = values.arch ?? ARCHITECTURES[process.arch] ?? process.arch;
const base = new Layout(resolve(values.base.slice("oci:".length)));
const out = resolve(values.out ?? "release/image");
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const image = new Layout(out);

const { outputFiles, metafile } = await bundle("dist");
const file = (path: string, content: Uint8Array, executable = false): ArchivedFile => ({ path, content, executable });
const layerBytes = await tarGz([
  file("app/package.json", readFileSync("package.json")),
  file("app/LICENSE", readFileSync("LICENSE")),
  ...outputFiles
    .filter(({ path }) => path.endsWith(".js"))
    .map(({ path, contents }) => {
      const name = relative("dist", path).replaceAll("\\", "/");
      return file(`app/dist/${name}`, contents, name === "main.js");
    }),
]);

const { manifest: under, descriptor } = base.manifestFor(architecture);
const config = base.json<ImageConfig>(under.config);
for (const layer of under.layers) image.take(base, layer);
const layer = image.add(MEDIA.layer, layerBytes);
const created = buildTime.toISOString();
const labels = {
  ...config.config?.Labels,
  "org.opencontainers.image.title": "baton-okta",
  "org.opencontainers.image.description": "An Okta connector for identity governance",
  "org.opencontainers.image.licenses": "Apache-2.0",
  "org.opencontainers.image.version": version,
  "org.opencontainers.image.revision": revision(),
  "org.opencontainers.image.base.digest": descriptor.digest,
};
const imageConfig = image.add(MEDIA.config, {
  ...config,
  created,
  config: {
    ...config.config,
    Env: [...(config.config?.Env ?? []).filter((one) => !one.startsWith("NODE_ENV=")), "NODE_ENV=production"],
    Labels: labels,
    User: "10001:10001",
    WorkingDir: "/data",
    Volumes: { "/data": {}, "/tmp": {} },
    ExposedPorts: { "8081/tcp": {} },
    Entrypoint: ["node", "/app/dist/main.js"],
    Cmd: null,
  },
  rootfs: { type: "layers", diff_ids: [...config.rootfs.diff_ids, digestOf(gunzipSync(layerBytes))] },
  history: [...(config.history ?? []), { created, created_by: "baton-okta: npm run image" }],
});
const manifest: Descriptor = {
  ...image.add(MEDIA.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config: imageConfig,
    layers: [...under.layers, layer],
    annotations: labels,
  } satisfies Manifest & { schemaVersion: 2 }),
  platform: { os: "linux", architecture },
  annotations: { "org.opencontainers.image.ref.name": version },
};

const inside = packagesInside(metafile);
const subject = { name: "baton-okta", version, file: manifest.digest };
const { platform: _, annotations: __, ...about } = manifest;
image.seal([
  manifest,
  attach("application/vnd.cyclonedx+json", Buffer.from(sbomOf(subject, inside))),
  attach("application/vnd.in-toto+json", Buffer.from(JSON.stringify(provenance()))),
]);
console.log(`${out}: linux/${architecture}, ${manifest.digest}`);

/** Attaches a document to the image. Source: OCI Image Format Specification, image manifest, `subject`. */
function attach(artifactType: string, document: Uint8Array): Descriptor {
  const empty = image.add(MEDIA.empty, {});
  const artifact = image.add(MEDIA.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    artifactType,
    config: empty,
    layers: [image.add(artifactType, document)],
    subject: about,
  });
  return { ...artifact, artifactType };
}

/** What was built from what. Source: SLSA provenance v1 as an in-toto statement. */
function provenance(): object {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "baton-okta", digest: { sha256: manifest.digest.slice("sha256:".length) } }],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: "https://github.com/baton-okta/npm-run-image/v1",
        externalParameters: { architecture, version },
        resolvedDependencies: [
          { name: "source", digest: { gitCommit: revision() } },
          { name: "base", digest: { sha256: descriptor.digest.slice("sha256:".length) } },
          ...inside.map((one) => ({ uri: `pkg:npm/${one.name.replace("@", "%40")}@${one.version}` })),
        ],
      },
      runDetails: { builder: { id: "npm run image" }, metadata: { startedOn: created } },
    },
  };
}

function revision(): string {
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "unknown";
  }
}
