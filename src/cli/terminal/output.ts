/** The program's own standard streams, in the few words that commands need. */
export interface Output {
  /** Results: what a person or program asked for. */
  readonly out: (text: string) => void;
  /** Long results, no faster than they are taken. Ends early where nobody reads any more. */
  readonly stream: (parts: Iterable<string>) => Promise<void>;
  /** Everything else. */
  readonly err: (text: string) => void;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Whether colours may be used on standard error, and on standard output. */
  readonly errColor: boolean;
  readonly outColor: boolean;
}

/** Codes of the errors of an output that nobody reads any more, which is no failure. */
const GONE = new Set(["EPIPE", "EIO", "ERR_STREAM_DESTROYED"]);

/**
 * The process's streams. A reader that went away (`| head`) ends nothing and prints nothing. Where results cannot be
 * written (a full disk), that is said once on standard error, and `failed` is called, perhaps after the command is done.
 */
export function processOutput(env: NodeJS.ProcessEnv = process.env, failed: () => void = () => {}): Output {
  let reported = false;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (GONE.has(error.code ?? "") || reported) return;
    reported = true;
    const why = error.code === "ENOSPC" || error.code === "EDQUOT" ? "the disk is full" : error.message;
    if (process.stderr.writable) process.stderr.write(`Error: the output cannot be written: ${why}.\n`);
    failed();
  });
  // Nobody could be told that nobody can be told.
  process.stderr.on("error", () => {});
  const colorful = (stream: NodeJS.WriteStream) => stream.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
  return {
    out: (text) => void (process.stdout.writable && process.stdout.write(text)),
    stream,
    err: (text) => void (process.stderr.writable && process.stderr.write(text)),
    outIsTerminal: process.stdout.isTTY === true,
    errIsTerminal: process.stderr.isTTY === true,
    errColor: colorful(process.stderr),
    outColor: colorful(process.stdout),
  };
}

/** Texts are put together up to this length before they are written. */
const CHUNK = 65_536;

async function stream(parts: Iterable<string>): Promise<void> {
  let chunk = "";
  for (const part of parts) {
    chunk += part;
    if (chunk.length < CHUNK) continue;
    if (!(await written(chunk))) return;
    chunk = "";
  }
  await written(chunk);
}

/** Writes text to standard output, and waits until it is taken; `false` where nobody takes it any more. */
function written(text: string): Promise<boolean> {
  return new Promise((resolve) => {
    if (!process.stdout.writable) resolve(false);
    else process.stdout.write(text, (error) => resolve(error === undefined || error === null));
  });
}
