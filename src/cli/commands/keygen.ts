import { generateKeyPair, type KeyObject } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { promisify } from "node:util";
import { resolveSettings } from "../../runtime/config/config.ts";
import { Failure } from "../../runtime/failure.ts";
import { parseArguments } from "../arguments.ts";
import type { CommandModule } from "../command.ts";
import { EXIT } from "../exit.ts";
import { KEYGEN_FLAGS } from "../flags/doctor.ts";

/** `keygen`: a key pair for an OAuth app. The private key goes into a file and nowhere else. */
export const run: CommandModule["run"] = async ({ argv, output }) => {
  const { flags, positionals } = parseArguments(argv, KEYGEN_FLAGS);
  if (positionals.length > 0) {
    throw new Failure({
      kind: "usage",
      message: `keygen takes no argument ${JSON.stringify(positionals[0])}`,
      advice: "a file is given with --out",
    });
  }
  const nothing = new Map();
  const { out, bits } = resolveSettings(KEYGEN_FLAGS, { flags, environment: nothing, file: nothing }).values;
  const { publicKey, privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: bits });
  await keep(out, privateKey);
  const { calculateJwkThumbprint, exportJWK } = await import("jose");
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  output.out(`${JSON.stringify({ kty: jwk.kty, use: "sig", alg: "RS256", kid, e: jwk.e, n: jwk.n }, null, 2)}\n`);
  output.err(nextSteps(out, kid));
  return EXIT.done;
};

/** Writes the key as PKCS#8 PEM for its owner alone. What is there already is left alone. */
async function keep(path: string, key: KeyObject): Promise<void> {
  const file = await open(path, "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
    throw new Failure({
      kind: "alreadyExists",
      message: `${path} is there already, and a key is never overwritten`,
      advice: "name another file with --out, or move this one away once no app uses its key any more",
    });
  });
  try {
    // The mode that is asked for when a file is made is only ever lessened: this one must not be less either.
    await file.chmod(0o600);
    await file.writeFile(key.export({ format: "pem", type: "pkcs8" }));
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

function nextSteps(path: string, kid: string): string {
  return `
The private key is in ${path}; only you can read it. Above is its public half.

1. In Okta's Admin Console: Applications, your API Services app, General,
   Client Credentials, Edit: Public key / Private key. Add key, paste the JSON above, save.
2. Grant scopes under Okta API Scopes, and a role under Admin roles.
3. Check it (the client id is shown in step 1):

   baton-okta doctor --domain acme.okta.com --auth-method private-key-group \\
     --okta-client-id CLIENT_ID --okta-private-key ${path} \\
     --okta-private-key-id=${kid}
`;
}
