import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { variableOf } from "../../src/runtime/config/config.ts";
import {
  CHART,
  chartValues,
  digestOf,
  helm,
  MODES,
  RENDERED,
  renderMode,
  runHelm,
  template,
  valuesOf,
} from "./chart.ts";
import { complaints, environmentOf, manifestsOf, podOf, typeErrors } from "./kubernetes.ts";

const binary = helm();

/** What a value is set to, to see what comes of it, where its default does not tell. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  "sync.every": "7m",
  "sync.fullEvery": "48h",
  mode: "cronjob",
  "image.digest": `sha256:${"1".repeat(64)}`,
  "image.pullPolicy": "Always",
  "okta.authMethod": "private-key-group",
  "serve.service.type": "NodePort",
  "serve.service.port": 8443,
  "sync.source": "scim",
  "scim.insecure": false,
  "scim.ingress.enabled": false,
  "scim.service.type": "NodePort",
  "sync.file": "/data/other.c1z",
  "sync.c1zTempDir": "/tmp",
  "sync.schedule": "5 4 * * 1-5",
  "limits.rateLimitShare": 0.5,
  "log.level": "debug",
  "log.format": "console",
  "persistence.size": "7Gi",
  "persistence.accessModes": ["ReadWriteOncePod"],
  "serviceMonitor.interval": "7s",
};
/** What else has to be said for a value to be taken. */
const TOGETHER: Readonly<Record<string, object>> = {
  "scim.store": { storeExistingSecret: "", replicas: 1 },
  "leases.leaseStore": { leaseStoreExistingSecret: "", replicas: 1 },
  "scim.tokens": { tokensExistingSecret: "" },
  "scim.insecure": { tlsExistingSecret: "tls" },
  "scim.tlsExistingSecret": { insecure: false },
  "serve.insecure": { tlsExistingSecret: "" },
  "prometheusRule.labels": { enabled: true },
  "dashboard.labels": { enabled: true },
};
/** Values whose items are objects. */
const OBJECTS =
  /^(imagePullSecrets|extra.*|tolerations|topologySpreadConstraints|networkPolicy\.(extraEgress|.*From))$/;
/** Values that the program refuses in any other than one form, so that there is nothing to change. */
const FIXED = ["sync.storageEngine"];
/** Flags that name a file in the pod, or more than the value: the value is elsewhere in the manifests. */
const INDIRECT = ["listen", "tls-cert", "tls-key", "tls-client-ca", "auth-token-file"];

function sampleOf(path: string, was: unknown): unknown {
  if (path in SAMPLES) return SAMPLES[path];
  if (typeof was === "boolean") return !was;
  if (typeof was === "number") return was + 1;
  if (Array.isArray(was)) return OBJECTS.test(path) ? [{ name: "sample" }] : ["sample-item"];
  if (typeof was === "object") return { sample: "sample-text" };
  return "sample-text";
}

const nested = (path: string, value: unknown): object =>
  path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as object;

/** What helm makes of a mode with further values, or `undefined` where the chart refuses that. */
function tryTemplate(path: string, mode: (typeof MODES)[number], values: object): string | undefined {
  try {
    return template(path, [valuesOf(mode)], stringify(values));
  } catch {
    return undefined;
  }
}

if (binary === undefined) {
  describe("the chart, where there is no helm", () => {
    it("is held by its digest", () => {
      expect(readFileSync(`${RENDERED}/chart.sha256`, "utf8").trim()).toBe(digestOf());
    });
  });
} else {
  describe("the chart, by helm", () => {
    it.each(MODES)("gives the committed manifests, and lints, in %s", (mode) => {
      expect(renderMode(binary, mode)).toBe(readFileSync(`${RENDERED}/${mode}.yaml`, "utf8"));
      expect(runHelm(binary, ["lint", "--strict", CHART, "-f", valuesOf(mode)])).toContain("0 chart(s) failed");
    });

    const plain = new Map(MODES.map((mode) => [mode, template(binary, [valuesOf(mode)])]));

    it.each(chartValues().filter(({ path }) => !FIXED.includes(path)))(
      "hands on $path",
      ({ path, written, description }) => {
        const sample = sampleOf(path, JSON.parse(written));
        const [group, key] = path.split(".") as [string, string];
        const [, flag, named] = description.match(/^`(?:--([a-z0-9-]+)|(BATON_\w+))`/) ?? [];
        const variable = flag === undefined ? named : variableOf(flag);
        const reaches = (mode: (typeof MODES)[number]): boolean => {
          const more = TOGETHER[path];
          const before = more === undefined ? plain.get(mode) : tryTemplate(binary, mode, { [group]: more });
          const text = tryTemplate(
            binary,
            mode,
            more === undefined ? nested(path, sample) : { [group]: { ...more, [key]: sample } },
          );
          if (text === undefined || text === before) return false;
          if (variable === undefined) return true;
          if (flag !== undefined && INDIRECT.includes(flag)) return text.includes(String(sample));
          return environmentOf(manifestsOf(text))[variable] === String(sample);
        };
        expect(MODES.some(reaches), "it reaches the pod in no mode").toBe(true);
      },
    );

    it("keeps secrets in Secrets, byte for byte", () => {
      const key = "-----BEGIN PRIVATE KEY-----\n'\"$#: {{ no template }}\n-----END PRIVATE KEY-----\n";
      const values = { okta: { privateKey: key }, serve: { authToken: key } };
      const manifests = manifestsOf(template(binary, [valuesOf("serve")], stringify(values)));
      const holders = manifests.filter((manifest) => JSON.stringify(manifest).includes("no template"));
      expect(holders.map(({ kind }) => kind)).toEqual(["Secret", "Secret"]);
      expect(environmentOf(manifests).BATON_OKTA_PRIVATE_KEY).toBe(key);
    });

    it("makes no Secret where the user has them", () => {
      const values = {
        okta: { apiToken: "", existingSecret: "a" },
        platform: { clientSecret: "", existingSecret: "b" },
      };
      const manifests = manifestsOf(template(binary, [valuesOf("service")], stringify(values)));
      expect(manifests.filter(({ kind }) => kind === "Secret")).toEqual([]);
      const names = podOf(manifests).spec.containers[0].envFrom.slice(1);
      expect(names).toEqual([{ secretRef: { name: "a" } }, { secretRef: { name: "b" } }]);
    });

    it("opens the ports of the addresses that are not at 443", () => {
      const values = {
        okta: { domain: "https://okta.test:8443/" },
        platform: { clientId: "a@platform.test:9443/x" },
        otel: { collectorEndpoint: "collector:4317" },
      };
      const manifests = manifestsOf(template(binary, [valuesOf("service")], stringify(values)));
      const { egress } = manifests.find(({ kind }) => kind === "NetworkPolicy")!.spec;
      expect(egress.slice(1).map((rule: { ports: unknown }) => rule.ports)).toEqual([
        [{ port: 8443 }],
        [{ port: 9443 }],
        [{ port: 4317 }],
      ]);
    });

    it("opens the collector's own port where its address names none", () => {
      const values = { otel: { collectorEndpoint: "collector.monitoring" } };
      const manifests = manifestsOf(template(binary, [valuesOf("service")], stringify(values)));
      const { egress } = manifests.find(({ kind }) => kind === "NetworkPolicy")!.spec;
      expect(egress.at(-1).ports).toEqual([{ port: 4317 }]);
    });

    it.each([
      ["no health port", { health: { enabled: false } }],
      ["nothing said of what it may and gets", { resources: null, securityContext: null, podSecurityContext: null }],
    ])("leaves no key without a value, with %s", (_, values) => {
      for (const mode of ["service", "cronjob"] as const) {
        const manifests = manifestsOf(template(binary, [valuesOf(mode)], stringify(values)));
        expect(typeErrors(manifests)).toEqual([]);
      }
    });

    it("makes no Service of no ports", () => {
      const values = { health: { enabled: false }, serviceMonitor: { enabled: true } };
      const manifests = manifestsOf(template(binary, [valuesOf("service")], stringify(values)));
      expect(manifests.map(({ kind }) => kind)).not.toContain("Service");
    });

    it("wears each label once, the user's before its own, but none in place of those that pods are found by", () => {
      const name = "app.kubernetes.io/name";
      const version = "app.kubernetes.io/version";
      const values = { commonLabels: { team: "a", [version]: "b", [name]: "b" }, podLabels: { team: "c" } };
      // The parser refuses a key that is there twice, as a cluster does.
      const manifests = manifestsOf(template(binary, [valuesOf("service")], stringify(values)));
      const deployment = manifests.find(({ kind }) => kind === "Deployment")!;
      expect(deployment.metadata.labels).toMatchObject({ team: "a", [version]: "b", [name]: "baton-okta" });
      expect(deployment.spec.template.metadata.labels).toMatchObject({ team: "c", [name]: "baton-okta" });
    });

    it("can be set on the command line, where helm makes texts of fractions and knows no cluster", () => {
      const set = ["--set", "limits.rateLimitShare=0.5"];
      const ran = spawnSync(binary, ["template", "a", CHART, "-f", valuesOf("serve"), ...set], { encoding: "utf8" });
      expect(ran.status, ran.stderr).toBe(0);
      expect(environmentOf(manifestsOf(ran.stdout)).BATON_RATE_LIMIT_SHARE).toBe("0.5");
    });

    it("is valid with alerts and the dashboard, volumes of the user, and long names", async () => {
      const values = {
        fullnameOverride: "a-name-".repeat(12),
        prometheusRule: { enabled: true },
        dashboard: { enabled: true },
        persistence: { enabled: false },
        extraVolumes: [{ name: "ca", configMap: { name: "ca" } }],
        extraVolumeMounts: [{ name: "ca", mountPath: "/etc/ca", readOnly: true }],
        extraEnvFrom: [{ secretRef: { name: "more" } }],
        tolerations: [{ key: "a", operator: "Exists" }],
        sync: { timeZone: "Europe/Berlin" },
      };
      for (const mode of ["service", "cronjob"] as const) {
        const manifests = manifestsOf(template(binary, [valuesOf(mode)], stringify(values)));
        expect(manifests.map(({ kind }) => kind)).toContain("PrometheusRule");
        for (const manifest of manifests) expect(await complaints(manifest)).toBeUndefined();
        expect(typeErrors(manifests)).toEqual([]);
      }
    });

    it.each([
      ["no domain", "service", { okta: { domain: "" } }, /okta\.domain is missing/],
      ["no credentials", "service", { okta: { apiToken: "" } }, /okta\.apiToken or okta\.existingSecret/],
      ["half a key", "serve", { okta: { privateKeyId: "" } }, /okta\.privateKeyId/],
      ["no platform", "service", { platform: { clientId: "" } }, /platform\.clientId and platform\.clientSecret/],
      ["no TLS", "serve", { serve: { tlsExistingSecret: "" } }, /serve\.tlsExistingSecret.*serve\.insecure/],
      ["TLS and none", "serve", { serve: { insecure: true } }, /do not go together/],
      ["an unknown value", "service", { okta: { domian: "x" } }, /domian/],
      ["an unknown mode", "service", { mode: "daemon" }, /mode/],
      ["a number out of range", "service", { limits: { rateLimitShare: 1.5 } }, /rateLimitShare/],
      ["a text out of range", "service", { limits: { rateLimitShare: "1.5" } }, /rateLimitShare/],
      ["a text that is no share", "service", { limits: { rateLimitShare: "0.00" } }, /rateLimitShare/],
      ["a schedule that is none", "cronjob", { sync: { schedule: "every hour" } }, /schedule/],
      ["several pods over one file", "scim", { scim: { storeExistingSecret: "" } }, /need PostgreSQL/],
      ["SCIM without tokens", "scim", { scim: { tokensExistingSecret: "" } }, /scim\.tokens/],
      ["SCIM without TLS", "scim", { scim: { insecure: false } }, /scim\.tlsExistingSecret/],
      ["an ingress without TLS", "scim", { scim: { ingress: { tlsSecretName: "" } } }, /tlsSecretName/],
      ["another pod's file as the source", "serve", { sync: { source: "scim" } }, /needs PostgreSQL/],
      ["one port for two", "serve", { health: { port: 50051 } }, /serve\.port and health\.port/],
      ["health that no probe reaches", "service", { health: { bindAddress: "127.0.0.1" } }, /health\.bindAddress/],
      [
        "a client CA without TLS",
        "serve",
        { serve: { tlsExistingSecret: "", insecure: true, tlsClientCa: "x" } },
        /tlsClientCa/,
      ],
      ["a domain with a path", "service", { okta: { domain: "acme.okta.com/admin" } }, /domain/],
    ] as const)("refuses %s", (_, mode, values, said) => {
      expect(() => template(binary, [valuesOf(mode)], stringify(values))).toThrow(said);
    });

    it("keeps the releases of several orgs apart", () => {
      const of = (org: string) =>
        manifestsOf(
          runHelm(binary, ["template", org, CHART, "-f", valuesOf("service"), "--set", `okta.domain=${org}.okta.com`]),
        );
      const named = (org: string) => of(org).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
      expect(named("acme").filter((one) => named("globex").includes(one))).toEqual([]);
    });

    it("has defaults that its own schema takes", () => {
      const values = parse(readFileSync(`${CHART}/values.yaml`, "utf8"));
      expect(() =>
        template(
          binary,
          [valuesOf("service")],
          stringify({ ...values, ...parse(readFileSync(valuesOf("service"), "utf8")) }),
        ),
      ).not.toThrow();
    });
  });
}
