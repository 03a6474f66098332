import type { Asset, PageAssets } from "./asset.ts";

/**
 * The page as the browser gets it. Where the program runs from its sources it is built now, which takes esbuild; the build
 * puts the finished files in this module's place, so that every packaged form of the program has them inside.
 */
export async function pageAssets(): Promise<PageAssets> {
  const { buildPage } = await import("../../.build/page.ts");
  return (await buildPage()).assets;
}

/** The style of the page on which reviewers decide, which has no scripts; where it comes from is as above. */
export async function reviewStyle(): Promise<Asset> {
  const { buildReviewStyle } = await import("../../.build/page.ts");
  return await buildReviewStyle();
}
