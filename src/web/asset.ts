/** A file of the page, as it is served. */
export interface Asset {
  /** The media type, for `Content-Type`. */
  readonly type: string;
  readonly text: string;
}

/** The files of the page. */
export interface PageAssets {
  /** The document, served at `/`: it names the files and holds no script or style. */
  readonly html: Asset;
  /** The other files by their path, as `/assets/page-K4CR6YXD.js`: the name changes with the content. */
  readonly files: Readonly<Record<string, Asset>>;
}
