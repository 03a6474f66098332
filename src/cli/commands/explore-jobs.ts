import { openForQuestions } from "../../baton/snapshot/reader.ts";
import { RISKS } from "../../okta/risks/risks.ts";
import { Failure } from "../../runtime/failure.ts";
import { serveJobs } from "../../web/jobs/serve.ts";
import type { CommandModule } from "../command.ts";
import { EXIT } from "../exit.ts";

/** What `explore` starts beside itself, and nobody else: works out what takes longer than an answer of the page may. */
export const run: CommandModule["run"] = async ({ argv, output }) => {
  const [file] = argv;
  if (file === undefined || argv.length > 1)
    throw new Failure({ kind: "usage", message: "explore starts this by itself" });
  await serveJobs(process.stdin, output.out, async () => ({ reader: await openForQuestions(file), rules: RISKS }));
  return EXIT.done;
};
