import type { Call } from "../../baton/connector.ts";
import type { OktaClient } from "../../okta/api/client.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";

/** The id of a user who is named by a login. Throws a `Failure` of kind `notFound` where nobody signs in with it. */
export async function idOfLogin(client: OktaClient, login: string, call: Call): Promise<string> {
  try {
    const user = await client.get<{ id?: unknown; profile?: { login?: unknown } | null }>(
      `/api/v1/users/${encodeURIComponent(login)}`,
      call,
    );
    // Okta also finds a user by the part of the login before the @.
    if (typeof user.id === "string" && String(user.profile?.login).toLowerCase() === login.toLowerCase())
      return user.id;
  } catch (error) {
    if (!isFailure(error, "notFound")) throw error;
  }
  throw new Failure({ kind: "notFound", message: "there is no user with this login" });
}
