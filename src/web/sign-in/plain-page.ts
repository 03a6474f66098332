import type { Context } from "hono";
import { html } from "hono/html";

/** A page of a few words, for who cannot be shown the real one. Texts are escaped. */
export async function plainPage(
  c: Context,
  status: 200 | 400 | 401 | 403 | 503,
  title: string,
  sentences: readonly string[],
  /** `now`: the browser goes on by itself. */
  link?: { readonly href: string; readonly text: string; readonly now?: boolean },
): Promise<Response> {
  const page = await html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>${link?.now ? html`<meta http-equiv="refresh" content="0;url=${link.href}">` : ""}</head>
<body>
<main>
<h1>${title}</h1>
${sentences.map((sentence) => html`<p>${sentence}</p>\n`)}${link === undefined ? "" : html`<p><a href="${link.href}">${link.text}</a></p>`}
</main>
</body>
</html>
`;
  return c.html(page, status);
}
