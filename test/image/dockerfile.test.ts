import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { podOf, renderedManifests } from "../charts/kubernetes.ts";
import { readCopy, readDockerfile, said } from "./dockerfile.ts";

const { global, stages } = readDockerfile();
const [build, image] = stages;

describe("the Dockerfile", () => {
  it("has a stage to build in and a stage that ships, from one base that a digest can pin", () => {
    expect(stages).toHaveLength(2);
    expect(global.map(({ name, rest }) => `${name} ${rest}`)).toEqual([
      "ARG NODE_IMAGE=docker.io/library/node:26-slim",
      "ARG NODE_DIGEST=",
    ]);
    for (const { from } of stages) expect(from).toMatch(/^\$\{NODE_IMAGE\}\$\{NODE_DIGEST:\+@\$\{NODE_DIGEST\}\}$/);
    const { engines } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(engines.node).toBe(">=26");
  });

  it("ships the built program and nothing that it was built with", () => {
    const copies = said(image, "COPY").map(readCopy);
    expect(copies.flatMap(({ sources }) => sources)).toEqual(["package.json", "LICENSE", "/src/dist"]);
    expect(copies.filter(({ from }) => from !== undefined).map(({ from }) => from)).toEqual([build?.alias]);
    expect(said(image, "RUN").join()).not.toMatch(/npm|apt|curl|wget/);
  });

  it("copies what exists and what .dockerignore lets through", () => {
    const let_ = readFileSync(".dockerignore", "utf8").split("\n");
    expect(let_).toContain("*");
    const sources = stages
      .flatMap((stage) => said(stage, "COPY").map(readCopy))
      .filter(({ from }) => from === undefined);
    for (const source of sources.flatMap((copy) => copy.sources)) {
      expect(existsSync(source), source).toBe(true);
      expect(let_).toContain(`!${source}`);
    }
    // What is let through is asked for, too.
    const wanted = sources.flatMap((copy) => copy.sources);
    expect(let_.filter((line) => line.startsWith("!")).filter((line) => !wanted.includes(line.slice(1)))).toEqual([]);
  });

  it("runs as a user without a name or rights, as the chart does", () => {
    expect(said(image, "USER")).toEqual(["10001:10001"]);
    const { securityContext } = podOf(renderedManifests("service")).spec;
    expect(`${securityContext.runAsUser}:${securityContext.runAsGroup}`).toBe("10001:10001");
    const last = (name: string) => image!.instructions.findLastIndex((one) => one.name === name);
    expect(last("USER")).toBeGreaterThan(last("RUN"));
    expect(last("USER")).toBeGreaterThan(last("COPY"));
  });

  it("writes to volumes only, so that the root file system may be read-only", () => {
    expect(JSON.parse(said(image, "VOLUME")[0]!)).toEqual(["/data", "/tmp"]);
    expect(said(image, "WORKDIR").at(-1)).toBe("/data");
    expect(said(image, "RUN")).toEqual(["install -d -o 10001 -g 10001 /data"]);
    const mounts = podOf(renderedManifests("service")).spec.containers[0].volumeMounts;
    expect(mounts.map(({ mountPath }: { mountPath: string }) => mountPath)).toEqual(["/data", "/tmp"]);
  });

  it("asks the program for its health, and starts it without a shell", () => {
    const program = JSON.parse(said(image, "ENTRYPOINT")[0]!);
    expect(program).toEqual(["node", "/app/dist/main.js"]);
    const check = said(image, "HEALTHCHECK")[0]!.match(/ CMD (.*)$/)?.[1];
    expect(JSON.parse(check!)).toEqual([...program, "health-check"]);
  });

  it("says what it is, in the labels that registries read", () => {
    const labels = said(image, "LABEL").join();
    for (const label of ["title", "description", "licenses", "version", "revision", "base.name"]) {
      expect(labels).toContain(`org.opencontainers.image.${label}=`);
    }
  });

  it("keeps secrets out of its layers", () => {
    expect(readFileSync("Dockerfile", "utf8")).not.toMatch(/(ARG|ENV) .*(TOKEN|SECRET|PASSWORD|KEY)/);
  });
});
