import { existsSync, readFileSync } from "node:fs";
import { hostname, machine, platform, release } from "node:os";
import { create } from "@bufbuild/protobuf";
import type { ConnectorMetadata } from "../../gen/c1/connector/v2/connector_pb.ts";
import {
  type BatonServiceHelloRequest,
  type BatonServiceHelloRequest_BuildInfo,
  BatonServiceHelloRequest_BuildInfoSchema,
  type BatonServiceHelloRequest_OSInfo,
  BatonServiceHelloRequest_OSInfoSchema,
  BatonServiceHelloRequestSchema,
} from "../../gen/c1/connectorapi/baton/v1/baton_pb.ts";

/** Which program says hello. */
export interface Program {
  /** As `baton-okta`. */
  readonly name: string;
  readonly version: string;
}

/** What the connector says of itself. `taskId`: the hello task that it answers; empty at the start. */
export function helloRequest(
  hostId: string,
  taskId: string,
  program: Program,
  connectorMetadata: ConnectorMetadata,
): BatonServiceHelloRequest {
  return create(BatonServiceHelloRequestSchema, {
    hostId,
    taskId,
    buildInfo: buildInfo(program),
    osInfo: osInfo(),
    connectorMetadata,
  });
}

function buildInfo({ name, version }: Program): BatonServiceHelloRequest_BuildInfo {
  return create(BatonServiceHelloRequest_BuildInfoSchema, {
    langVersion: `node ${process.version}`,
    package: name,
    packageVersion: version,
  });
}

/** The machine, in eight texts; a platform refuses an empty one. */
export function osInfo(): BatonServiceHelloRequest_OSInfo {
  const release_ = osRelease();
  const os = platform() || "unknown";
  const kernel = release() || "unknown";
  const name = release_.get("ID") || os;
  return create(BatonServiceHelloRequest_OSInfoSchema, {
    hostname: hostname() || "unknown",
    os,
    platform: name,
    platformVersion: release_.get("VERSION_ID") || kernel,
    platformFamily: release_.get("ID_LIKE")?.split(" ")[0] || name,
    kernelVersion: kernel,
    kernelArch: machine() || process.arch || "unknown",
    virtualizationSystem: existsSync("/.dockerenv") ? "docker" : "none",
  });
}

/** What a Linux distribution says of itself (os-release(5)); nothing elsewhere. */
function osRelease(): ReadonlyMap<string, string> {
  try {
    const lines = readFileSync("/etc/os-release", "utf8").split("\n");
    return new Map(
      lines.flatMap((line) => {
        const found = /^([A-Z_]+)=["']?(.*?)["']?$/.exec(line.trim());
        return found === null ? [] : [[found[1]!, found[2]!] as const];
      }),
    );
  } catch {
    return new Map();
  }
}
