import { Secret } from "../../runtime/secrets/secret.ts";

/** Takes secrets out of what the list of processes shows of this one. They could be seen there until now. */
export function hideSecrets(secrets: readonly (Secret | undefined)[]): void {
  const texts = secrets.flatMap((secret) => (secret === undefined ? [] : [secret.reveal()]));
  const shown = process.argv.map((word) => texts.reduce((text, secret) => text.replaceAll(secret, "[redacted]"), word));
  // Where nothing is hidden the title stays as it is: people look processes up by it.
  if (shown.some((word, i) => word !== process.argv[i])) process.title = shown.join(" ");
}

/** The password in the address of a database, where one is there. */
export function passwordIn(address: string): Secret | undefined {
  const password = URL.canParse(address) ? new URL(address).password : "";
  return password === "" ? undefined : new Secret(password);
}
