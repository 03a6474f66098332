import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";

/** The cookie of sessions. */
export interface SessionCookie {
  // biome-ignore lint/suspicious/noExplicitAny: whatever else the context carries.
  read(c: Context<any>): string | undefined;
  write(c: Context, id: string, maxMs: number): void;
  drop(c: Context): void;
}

/**
 * A cookie that no script sees and that no other site's request carries. Browsers share cookies between the ports of a
 * host, so the name tells the port; by https it is bound to the host (`__Host-`).
 */
export function sessionCookie(origin: string): SessionCookie {
  const { protocol, port } = new URL(origin);
  const secure = protocol === "https:";
  const name = secure ? "__Host-baton-okta" : `baton-okta-${port || 80}`;
  const options = { path: "/", httpOnly: true, secure, sameSite: "Strict" } as const;
  return {
    read: (c) => getCookie(c, name),
    write: (c, id, maxMs) => setCookie(c, name, id, { ...options, maxAge: Math.floor(maxMs / 1000) }),
    drop: (c) => void deleteCookie(c, name, options),
  };
}
