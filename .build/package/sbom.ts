import { createHash } from "node:crypto";
import { buildTime } from "./archive.ts";
import type { InsidePackage } from "./inside.ts";

/** What a bill of materials is about. */
export interface Subject {
  readonly name: string;
  readonly version: string;
  /** The archive or image whose parts are listed. */
  readonly file: string;
}

/** A bill of materials of what is inside, as CycloneDX 1.6 JSON. Source: https://cyclonedx.org/docs/1.6/json/. */
export function sbomOf(subject: Subject, inside: readonly InsidePackage[]): string {
  const root = purl(subject.name, subject.version);
  const components = inside.map(({ name, version, license }) => {
    const ref = name === "node" ? `pkg:generic/node@${version}` : purl(name, version);
    const licenses = license === "" ? {} : { licenses: licenseOf(license) };
    return { type: name === "node" ? "platform" : "library", "bom-ref": ref, name, version, purl: ref, ...licenses };
  });
  const refs = components.map((component) => component["bom-ref"]);
  return `${JSON.stringify(
    {
      $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
      bomFormat: "CycloneDX",
      specVersion: "1.6",
      serialNumber: `urn:uuid:${uuidOf(`${subject.file} ${JSON.stringify(components)}`)}`,
      version: 1,
      metadata: {
        timestamp: buildTime.toISOString().replace(".000Z", "Z"),
        component: {
          type: "application",
          "bom-ref": root,
          name: subject.name,
          version: subject.version,
          purl: root,
          licenses: [{ license: { id: "Apache-2.0" } }],
        },
        properties: [{ name: "baton-okta:file", value: subject.file }],
      },
      components,
      dependencies: [{ ref: root, dependsOn: refs }, ...refs.map((ref) => ({ ref }))],
    },
    null,
    2,
  )}\n`;
}

function licenseOf(license: string): object[] {
  return /\b(OR|AND|WITH)\b/.test(license)
    ? [{ expression: license.replace(/^\((.*)\)$/, "$1") }]
    : [{ license: { id: license } }];
}

/** Source: https://github.com/package-url/purl-spec, type npm. */
function purl(name: string, version: string): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

/** A UUID made of a text, so that the same build has the same one. */
function uuidOf(text: string): string {
  const hash = createHash("sha256").update(text).digest();
  hash[6] = (hash[6]! & 0x0f) | 0x80;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
