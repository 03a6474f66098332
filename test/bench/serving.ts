import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** A program that serves over gRPC, as a process of its own that is measured. */
export interface ServedProgram {
  /** As it was given. */
  readonly command: string;
  /** As `127.0.0.1:50051`. */
  readonly address: string;
  /** User and system time so far, in milliseconds, to a hundredth of a second. */
  cpuMs(): number;
  /** What it has in memory now, and the most it ever had, in MiB. */
  memory(): number;
  peakMemory(): number;
  end(): void;
}

/** Clock ticks a second in /proc/PID/stat. Source: proc(5), USER_HZ of every Linux that Node runs on. */
const TICKS = 100;

/** Starts `COMMAND serve` with flags on a free port of loopback; `ca`: a file with what it is to trust. */
export async function startServing(
  command: string,
  flags: readonly string[],
  token: string,
  ca: string | undefined,
): Promise<ServedProgram> {
  const [program, ...first] = command.split(" ");
  const child = spawn(program!, [...first, "serve", ...flags, "--listen", "127.0.0.1:0", "--log-level", "warn"], {
    env: {
      ...process.env,
      BATON_API_TOKEN: token,
      ...(ca === undefined ? {} : { NODE_EXTRA_CA_CERTS: ca, SSL_CERT_FILE: ca }),
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const address = await new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${command} ended with ${code}`)));
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const found = / at (\S+:\d+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const kibibytes = (name: string) => {
    const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
    return Math.round(Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(status)?.[1]) / 1024);
  };
  return {
    command,
    address,
    cpuMs() {
      // The second field is the name, which may hold spaces.
      const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]!.split(" ");
      return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
    },
    memory: () => kibibytes("VmRSS"),
    peakMemory: () => kibibytes("VmHWM"),
    end: () => void child.kill("SIGTERM"),
  };
}
