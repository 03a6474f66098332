import type { Connector } from "../../../src/baton/connector.ts";
import { createProvisioner } from "../../../src/baton/provision/provisioner.ts";
import { type RpcServer, type RpcServerOptions, startRpcServer } from "../../../src/baton/rpc/server/server.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { silentLog } from "../../../src/runtime/log/log.ts";

/** Serves a connector on a free port of the loopback address. */
export function serveConnector(connector: Connector, more: Partial<RpcServerOptions> = {}): Promise<RpcServer> {
  const clock = more.clock ?? systemClock;
  const log = more.log ?? silentLog;
  return startRpcServer({
    connector,
    provisioner: createProvisioner(connector, { clock, log, actor: "test" }),
    provisioning: false,
    tokenKey: Buffer.from("shared by all replicas"),
    listen: "127.0.0.1:0",
    clock,
    log,
    ...more,
  });
}
