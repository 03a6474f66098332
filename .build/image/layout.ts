import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Media types. Source: OCI Image Format Specification, media types. */
export const MEDIA = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
  empty: "application/vnd.oci.empty.v1+json",
} as const;

/** Docker's names of an index, which base images may carry. */
const INDEXES = new Set<string>([MEDIA.index, "application/vnd.docker.distribution.manifest.list.v2+json"]);

/** A blob of a layout, as manifests name it. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly os: string; readonly architecture: string };
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
}

/** An image's manifest. */
export interface Manifest {
  readonly mediaType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An image's configuration, as far as it is read here; what else is in it stays. */
export interface ImageConfig {
  readonly architecture: string;
  readonly os: string;
  readonly config?: { readonly Env?: readonly string[]; readonly Labels?: Readonly<Record<string, string>> };
  readonly rootfs: { readonly type: string; readonly diff_ids: readonly string[] };
  readonly history?: readonly object[];
}

/** A folder that holds an image, as the OCI Image Layout Specification says. */
export class Layout {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** The manifest for linux on an architecture. Throws where there is none. */
  manifestFor(architecture: string): { readonly manifest: Manifest; readonly descriptor: Descriptor } {
    const find = (index: { readonly manifests: readonly Descriptor[] }): Descriptor | undefined => {
      for (const one of index.manifests) {
        if (INDEXES.has(one.mediaType)) {
          const inner = find(this.json(one));
          if (inner !== undefined) return inner;
        } else if (
          one.platform === undefined ||
          (one.platform.os === "linux" && one.platform.architecture === architecture)
        ) {
          const config = this.json<ImageConfig>(this.json<Manifest>(one).config);
          if (config.architecture === architecture && config.os === "linux") return one;
        }
      }
      return undefined;
    };
    const file = join(this.folder, "index.json");
    if (!existsSync(file)) throw new Error(`${this.folder} is no OCI image layout: it has no index.json`);
    const descriptor = find(JSON.parse(readFileSync(file, "utf8")));
    if (descriptor === undefined) throw new Error(`${this.folder} holds no image for linux/${architecture}`);
    return { manifest: this.json(descriptor), descriptor };
  }

  /** A blob, whose bytes are held against its digest. */
  blob({ digest }: Descriptor): Buffer {
    const bytes = readFileSync(this.#path(digest));
    if (digestOf(bytes) !== digest) throw new Error(`the blob ${digest} is not what its name says`);
    return bytes;
  }

  json<T>(descriptor: Descriptor): T {
    return JSON.parse(this.blob(descriptor).toString());
  }

  /** Adds a blob, and gives what names it. */
  add(mediaType: string, content: Uint8Array | object): Descriptor {
    const bytes = content instanceof Uint8Array ? Buffer.from(content) : Buffer.from(JSON.stringify(content));
    const digest = digestOf(bytes);
    mkdirSync(join(this.folder, "blobs/sha256"), { recursive: true });
    writeFileSync(this.#path(digest), bytes);
    return { mediaType, digest, size: bytes.length };
  }

  /** Takes a blob of another layout over as it is. */
  take(from: Layout, descriptor: Descriptor): void {
    from.blob(descriptor);
    mkdirSync(join(this.folder, "blobs/sha256"), { recursive: true });
    cpSync(from.#path(descriptor.digest), this.#path(descriptor.digest));
  }

  /** Ends the layout: what it holds, in this order. */
  seal(manifests: readonly Descriptor[]): void {
    writeFileSync(join(this.folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
    const index = { schemaVersion: 2, mediaType: MEDIA.index, manifests };
    writeFileSync(join(this.folder, "index.json"), JSON.stringify(index));
  }

  #path(digest: string): string {
    if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new Error(`not a SHA-256 digest: ${digest}`);
    return join(this.folder, "blobs/sha256", digest.slice("sha256:".length));
  }
}

/** `sha256:` and the digest in hex. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
