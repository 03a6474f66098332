import { lstatSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { EXIT } from "../../src/cli/exit.ts";
import { CHART, digestOf, filesOf, MODES, RENDERED } from "./chart.ts";
import { complaints, type Manifest, podOf, renderedManifests, typeErrors } from "./kubernetes.ts";

const manifests = new Map(MODES.map((mode) => [mode, renderedManifests(mode)]));
const all = [...manifests.values()].flat();

describe("the committed manifests", () => {
  it("are those of the chart as it is", () => {
    const digest = readFileSync(`${RENDERED}/chart.sha256`, "utf8").trim();
    expect(digest, "the chart changed, its manifests did not: npm run charts").toBe(digestOf());
  });

  it("come of files of the chart's own: helm warns of links at every render", () => {
    expect(filesOf(CHART)).toContain(`${CHART}/observability/alerts.yaml`);
    expect(filesOf(CHART).filter((file) => lstatSync(file).isSymbolicLink())).toEqual([]);
  });

  it("are what Kubernetes takes", async () => {
    for (const manifest of all) expect([manifest.kind, await complaints(manifest)]).toEqual([manifest.kind, undefined]);
    expect(typeErrors(all)).toEqual([]);
  });

  it("would be taken with the alerts, too", async () => {
    const rule: Manifest = {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PrometheusRule",
      metadata: { name: "baton-okta", labels: {} },
      spec: parse(readFileSync(`${CHART}/observability/alerts.yaml`, "utf8")),
    };
    expect([await complaints(rule), typeErrors([rule])]).toEqual([undefined, []]);
  });

  it("would be refused with a field that Kubernetes does not know, or a value of the wrong type", async () => {
    const deployment = all.find(({ kind }) => kind === "Deployment")!;
    const wrong = (change: (container: Manifest) => void) => {
      const copy = structuredClone(deployment);
      change(copy.spec.template.spec.containers[0]);
      return copy;
    };
    const unknown = wrong((container) => Object.assign(container, { readinesProbe: {} }));
    expect(typeErrors([unknown])).toEqual([expect.stringContaining("readinesProbe")]);
    const mistyped = wrong((container) => Object.assign(container.ports[0], { containerPort: "grpc" }));
    expect(await complaints(mistyped)).toContain("must be integer");
  });

  it.each(MODES)("refer to what is there and select the pods, in %s", (mode) => {
    const ofMode = manifests.get(mode)!;
    const pod = podOf(ofMode);
    const labels = Object.entries(pod.metadata.labels);
    for (const { kind, spec } of ofMode) {
      const selector =
        spec?.selector?.matchLabels ?? spec?.podSelector?.matchLabels ?? (kind === "Service" && spec.selector);
      if (selector) expect(labels).toEqual(expect.arrayContaining(Object.entries(selector)));
    }
    const named = (kind: string) => ofMode.filter((one) => one.kind === kind).map(({ metadata }) => metadata.name);
    expect(named("ServiceAccount")).toContain(pod.spec.serviceAccountName);
    const mounted: string[] = pod.spec.containers[0].volumeMounts.map(({ name }: Manifest) => name);
    expect(mounted.sort()).toEqual(pod.spec.volumes.map(({ name }: Manifest) => name).sort());
    expect(new Set(mounted).size).toBe(mounted.length);
  });

  it.each(MODES)("let the pod do no more than it needs, in %s", (mode) => {
    const { spec } = podOf(manifests.get(mode)!);
    const [container] = spec.containers;
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(container.resources.limits.memory).toBeDefined();
  });

  it.each(MODES)("keep secrets in Secrets, in %s", (mode) => {
    const secret = /token|secret|password|private_key$|tls_key$/i;
    for (const { kind, data = {} } of manifests.get(mode)!) {
      if (kind !== "ConfigMap") continue;
      const told = Object.entries<string>(data).filter(([name, value]) => secret.test(name) && !value.startsWith("/"));
      // What is synced, and whether: no secret of its own.
      expect(told.filter(([name]) => name !== "BATON_SYNC_SECRETS")).toEqual([]);
      expect(Object.values(data).join()).not.toContain("PRIVATE KEY");
    }
    const [{ args = [], env = [] }] = podOf(manifests.get(mode)!).spec.containers;
    expect(JSON.stringify([args, env])).not.toMatch(/token|secret/i);
  });

  it("run one pod at a time where two would get in each other's way", () => {
    const kindOf = (mode: (typeof MODES)[number], kind: string) =>
      manifests.get(mode)!.find((one) => one.kind === kind)!;
    expect(kindOf("service", "Deployment").spec).toMatchObject({ replicas: 1, strategy: { type: "Recreate" } });
    expect(kindOf("cronjob", "CronJob").spec.concurrencyPolicy).toBe("Forbid");
    expect(kindOf("serve", "Deployment").spec.replicas).toBeGreaterThan(1);
  });

  it("give a job up at once where the program says that trying again changes nothing", () => {
    const { rules } = manifests.get("cronjob")!.find(({ kind }) => kind === "CronJob")!.spec.jobTemplate
      .spec.podFailurePolicy;
    const final = rules.find(({ action }: Manifest) => action === "FailJob").onExitCodes.values;
    expect(final).toEqual([EXIT.usage, EXIT.credentials]);
  });

  it("let the pods speak to nobody but DNS, Okta, the platform and the collector", () => {
    const ports = (mode: (typeof MODES)[number]) =>
      manifests
        .get(mode)!
        .find(({ kind }) => kind === "NetworkPolicy")!
        .spec.egress.map((rule: Manifest) => [rule.ports.map(({ port }: Manifest) => port), rule.to?.[0].ipBlock.cidr]);
    expect(ports("service")).toEqual([
      [[53, 53], undefined],
      [[443], undefined],
      [[443], undefined],
    ]);
    expect(ports("cronjob")).toEqual([
      [[53, 53], undefined],
      [[443], undefined],
    ]);
    expect(ports("everything")).toEqual([
      [[53, 53], undefined],
      [[443], "203.0.113.0/24"],
      [[4317], undefined],
    ]);
  });
});
