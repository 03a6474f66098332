import { Failure } from "../../../runtime/failure.ts";
import { rotationRequest } from "../../change/account.ts";
import { runChange } from "../../change/change.ts";
import type { ChangeSettings } from "../../change/settings.ts";
import type { ExitCode } from "../../exit.ts";
import { requireAccess } from "../../settings.ts";
import type { Output } from "../../terminal/output.ts";
import type { ROTATE_FLAGS } from "./command.ts";

/** What `rotate password` runs with. */
export interface PasswordRotationRun extends Pick<ChangeSettings<typeof ROTATE_FLAGS>, "values" | "own"> {
  readonly env: NodeJS.ProcessEnv;
  readonly output: Output;
}

/** `rotate password`: a new password for an account that this program has made. */
export async function runPasswordRotation(
  named: string,
  { values, own, env, output }: PasswordRotationRun,
): Promise<ExitCode> {
  if (own.every !== undefined || own.follow || own["new-token-file"] !== undefined) {
    throw new Failure({
      kind: "usage",
      message: "rotate password takes no --every, --follow or --new-token-file",
      advice: "passwords are rotated on request: somebody has to be told the new one",
    });
  }
  const request = rotationRequest({
    account: { type: "user", id: named.replace(/^user:/, "") },
    encryptTo: values["encrypt-to"],
    passwordLength: own["password-length"],
    changeAtNextLogin: own["change-at-next-login"],
  });
  requireAccess(values);
  return await runChange(request, values, env, output, { flagForm: false });
}
