import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveSettings } from "../../runtime/config/config.ts";
import { Failure } from "../../runtime/failure.ts";
import { onShutdown } from "../../runtime/shutdown.ts";
import { sandboxFromFlags } from "../../sandbox/flags.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { parseArguments } from "../arguments.ts";
import type { CommandModule } from "../command.ts";
import { SANDBOX_FLAGS } from "../commands.ts";
import { EXIT } from "../exit.ts";
import { type Row, twoColumns } from "../terminal/layout.ts";

/** `sandbox`: serves an org until it is told to stop. */
export const run: CommandModule["run"] = async ({ argv, output }) => {
  const { flags, positionals } = parseArguments(argv, SANDBOX_FLAGS);
  if (positionals.length > 0) {
    throw new Failure({ kind: "usage", message: `sandbox takes no argument ${JSON.stringify(positionals[0])}` });
  }
  const { values } = resolveSettings(SANDBOX_FLAGS, { flags, environment: new Map(), file: new Map() });
  const shutdown = onShutdown();
  const sandbox = await sandboxFromFlags({
    ...values,
    tlsCert: values["tls-cert"],
    tlsKey: values["tls-key"],
    searchLag: values["search-lag"],
    logDelay: values["log-delay"],
    governedRoles: values["governed-roles"],
  });
  const folder = sandbox.oauth === undefined ? undefined : await mkdtemp(join(tmpdir(), "baton-okta-sandbox-"));
  try {
    const keyFile = folder === undefined ? undefined : await writeKey(folder, sandbox);
    output.out(banner(sandbox, keyFile, values["tls-cert"]));
    await aborted(shutdown.stop);
  } finally {
    shutdown.dispose();
    await sandbox.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
  return EXIT.done;
};

async function writeKey(folder: string, { oauth }: Sandbox): Promise<string> {
  const file = join(folder, "private-key.pem");
  await writeFile(file, oauth?.privateKeyPem ?? "", { mode: 0o600 });
  await chmod(file, 0o600);
  return file;
}

/** What a person needs to use the sandbox: one value a line, and a command that can be copied. */
function banner({ url, token, oauth }: Sandbox, keyFile: string | undefined, certificate: string | undefined): string {
  const rows: Row[] = [
    ["URL", url],
    ["API token", token],
  ];
  let command = `baton-okta --domain ${url} --api-token ${token}`;
  if (oauth !== undefined && keyFile !== undefined) {
    rows.push(["Client id", oauth.clientId], ["Private key", keyFile], ["Key id", oauth.keyId]);
    rows.push(["Scopes", oauth.scopes.join(" ")]);
    command = `baton-okta --domain ${url} --auth-method private-key-group --okta-client-id ${oauth.clientId} --okta-private-key ${keyFile} --okta-private-key-id=${oauth.keyId}`;
  }
  const trust = certificate === undefined ? "" : `NODE_EXTRA_CA_CERTS=${certificate} `;
  return `An Okta org in memory. Ctrl-C ends it; nothing is stored.\n\n${twoColumns(rows, 10_000)}\nSync it:\n\n  ${trust}${command}\n`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
