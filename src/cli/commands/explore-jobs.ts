import { openForQuestions } from "../../baton/snapshot/reader.ts";
import { CHANGE_DANGERS } from "../../okta/risks/changes.ts";
import { RISKS } from "../../okta/risks/risks.ts";
import { Failure } from "../../runtime/failure.ts";
import { serveJobs } from "../../web/jobs/serve.ts";
import type { CommandModule } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { JobFile } from "../explore/job-command.ts";

/** What `explore` starts beside itself, and nobody else: works out what takes longer than an answer of the page may. */
export const run: CommandModule["run"] = async ({ argv, output }) => {
  const [text, ...rest] = argv;
  if (!text?.startsWith("{") || rest.length > 0) {
    throw new Failure({
      kind: "usage",
      message: "explore starts this by itself",
      advice: "write baton-okta explore FILE",
    });
  }
  const { file, sha256, noCache, tempDir } = JSON.parse(text) as JobFile;
  await serveJobs(process.stdin, output.out, async () => {
    const reader = await openForQuestions(file, { noCache, tempDir });
    if (reader.sha256 === sha256) return { reader, rules: RISKS, dangers: CHANGE_DANGERS };
    await reader.close();
    const message = "the snapshot was replaced since the page was opened: stop explore and start it again";
    throw new Failure({ kind: "failedPrecondition", message });
  });
  return EXIT.done;
};
