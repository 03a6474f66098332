import { chmod, readFile, writeFile } from "node:fs/promises";
import { Failure } from "../../runtime/failure.ts";
import { replaceFile } from "../../runtime/system/files.ts";
import { newToken, parseTokens } from "../../scim/server/tokens/file.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { Output } from "../terminal/output.ts";
import type { ScimValues } from "./settings.ts";

/** `scim token NAME`: makes a token, shows it once, and adds its hash to the token file where one is named. */
export async function makeToken(name: string, values: ScimValues, output: Output): Promise<ExitCode> {
  const { expires, "token-file": file } = values;
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(name)) {
    throw new Failure({
      kind: "usage",
      message: `${JSON.stringify(name)} is no name of a token`,
      advice: "take letters, digits, dots and dashes",
    });
  }
  const { token, line } = newToken(name, expires);
  // Also tells a day that is none.
  const [made] = parseTokens(line, file ?? "that would be written");
  if (expires !== undefined && made?.expiresAt === undefined) {
    throw new Failure({
      kind: "usage",
      message: `--expires takes a day, not ${JSON.stringify(expires)}`,
      advice: "write it as 2027-01-31",
    });
  }
  if (file !== undefined) await append(file, name, line);
  output.out(`${token}\n`);
  output.err(
    file === undefined
      ? `Put this line into the token file; the token itself is not shown again:\n${line}\n`
      : `The token's hash is in ${file}; the token itself is not shown again.\n`,
  );
  return EXIT.done;
}

/** Its owner's alone. Written beside it and renamed, so that a receiver never reads half of it. */
async function append(file: string, name: string, line: string): Promise<void> {
  let before = "";
  try {
    before = await readFile(file, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw unusable(file, cause);
  }
  const had = before.trim() === "" ? [] : parseTokens(before, file);
  if (had.some((token) => token.name === name)) {
    throw new Failure({
      kind: "usage",
      message: `${file} has a token ${name} already`,
      advice: "take another name; the old one goes when its line is removed",
    });
  }
  const text = before === "" || before.endsWith("\n") ? before : `${before}\n`;
  const beside = `${file}.${process.pid}`;
  try {
    await writeFile(beside, `${text}${line}\n`, { mode: 0o600 });
    await chmod(beside, 0o600);
    await replaceFile(beside, file);
  } catch (cause) {
    throw unusable(file, cause);
  }
}

function unusable(file: string, cause: unknown): Failure {
  const code = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
  return new Failure({ kind: "usage", message: `the token file ${file} cannot be written (${code})`, cause });
}
