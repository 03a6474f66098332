import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseAllDocuments } from "yaml";
import { RENDERED } from "./chart.ts";

/** An object of Kubernetes, as YAML has it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Record<string, string> };
  // biome-ignore lint/suspicious/noExplicitAny: what it holds depends on its kind, and is judged by Kubernetes' models.
  readonly [field: string]: any;
}

/** The objects of a YAML text with several documents. Throws where it is no YAML, or names a key twice. */
export function manifestsOf(text: string): Manifest[] {
  return parseAllDocuments(text)
    .map((document) => {
      const [error] = document.errors;
      if (error !== undefined) throw error;
      return document.toJS();
    })
    .filter((manifest) => manifest !== null);
}

/** The committed manifests of a mode. */
export const renderedManifests = (mode: string): Manifest[] =>
  manifestsOf(readFileSync(`${RENDERED}/${mode}.yaml`, "utf8"));

/** The module that models a kind. */
function moduleOf({ apiVersion, kind }: Manifest): string {
  const folder = apiVersion.startsWith("monitoring.coreos.com/")
    ? "@kubernetes-models/prometheus-operator"
    : "kubernetes-models";
  return `${folder}/${apiVersion}/${kind}`;
}

/** What Kubernetes' schemas complain of in an object: wrong types and formats, missing fields. */
export async function complaints(manifest: Manifest): Promise<string | undefined> {
  const { [manifest.kind]: Model } = await import(moduleOf(manifest));
  try {
    new Model(manifest).validate();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/**
 * What Kubernetes' types complain of in some objects: fields that are unknown, or of the wrong type. The compiler
 * refuses unknown fields of a literal at any depth, which the schemas let pass.
 */
export function typeErrors(manifests: readonly Manifest[]): string[] {
  const folder = mkdtempSync(resolve("node_modules/.test-manifests-"));
  try {
    const source = manifests.map(
      (manifest, at) =>
        `import type { I${manifest.kind} as T${at} } from "${moduleOf(manifest)}";\n` +
        `export const v${at}: T${at} = ${JSON.stringify(manifest)};\n`,
    );
    writeFileSync(join(folder, "manifests.ts"), source.join(""));
    const options = {
      compilerOptions: {
        strict: true,
        module: "nodenext",
        target: "esnext",
        noEmit: true,
        skipLibCheck: true,
        types: [],
      },
      files: ["manifests.ts"],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
    const ran = spawnSync(
      process.execPath,
      [resolve("node_modules/typescript/bin/tsc"), "-p", folder, "--pretty", "false"],
      {
        encoding: "utf8",
      },
    );
    if (ran.status === 0) return [];
    return (ran.stdout + ran.stderr)
      .trim()
      .split("\n")
      .filter((line) => line.includes("error TS"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The pod's metadata and spec in the manifests of a mode. */
export function podOf(manifests: readonly Manifest[]): Manifest {
  for (const { kind, spec } of manifests) {
    if (kind === "Deployment") return spec.template;
    if (kind === "CronJob") return spec.jobTemplate.spec.template;
  }
  throw new Error("there is neither a Deployment nor a CronJob");
}

/** The environment that Kubernetes would give the pod's container: of ConfigMaps, then Secrets, then its own. */
export function environmentOf(manifests: readonly Manifest[]): Record<string, string> {
  const [container] = podOf(manifests).spec.containers;
  const find = (kind: string, name: string) => manifests.find((one) => one.kind === kind && one.metadata.name === name);
  const sources = container.envFrom.map(({ configMapRef, secretRef }: Manifest) => {
    const source = configMapRef ? find("ConfigMap", configMapRef.name) : find("Secret", secretRef.name);
    return { ...source?.data, ...source?.stringData };
  });
  const own = (container.env ?? []).map(({ name, value }: Manifest) => [name, value]);
  return Object.assign({}, ...sources, Object.fromEntries(own));
}
