import { type Running, start } from "../../../e2e/program.ts";

/** The page of a snapshot, served by the program that is shipped. */
export interface Explored {
  /** The address that the program printed: good for one browser, once. */
  readonly address: string;
  readonly origin: string;
  stop(): Promise<void>;
}

/** Starts the program on a snapshot and waits for the address that it prints. */
export async function explored(file: string, ...flags: string[]): Promise<Explored> {
  const running = start(["explore", file, "--no-open", ...flags], { timeoutMs: 120_000 });
  const address = await printedAddress(running);
  return {
    address,
    origin: new URL(address).origin,
    async stop() {
      running.child.kill("SIGTERM");
      await running.ended;
    },
  };
}

function printedAddress({ child, stdout, stderr, ended }: Running): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", () => {
      const found = /http:\/\/\S+/.exec(stdout());
      if (found) resolve(found[0]);
    });
    void ended.then(() => reject(new Error(`it ended: ${stderr()}`)));
  });
}
