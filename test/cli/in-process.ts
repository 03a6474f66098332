import { runCommand } from "../../src/cli/program.ts";

/** How a command ended that was run in this process. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the program in this process, with no terminal around it. */
export async function runHere(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  const code = await runCommand(argv, env, {
    out: (text) => {
      stdout += text;
    },
    stream: async (parts) => {
      for (const part of parts) stdout += part;
    },
    err: (text) => {
      stderr += text;
    },
    outIsTerminal: false,
    errIsTerminal: false,
    errColor: false,
    outColor: false,
  });
  return { code, stdout, stderr };
}
