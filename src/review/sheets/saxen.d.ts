/** What is used here of `saxen`, which comes without types. Source: its README. */
declare module "saxen" {
  export type DecodeEntities = (text: string) => string;
  export class Parser {
    on(
      event: "openTag",
      listener: (
        name: string,
        attributes: () => Record<string, string>,
        decode: DecodeEntities,
        selfClosing: boolean,
      ) => void,
    ): this;
    on(event: "closeTag", listener: (name: string) => void): this;
    on(event: "text", listener: (text: string, decode: DecodeEntities) => void): this;
    on(event: "cdata", listener: (text: string) => void): this;
    on(event: "error" | "warn", listener: (error: Error) => void): this;
    on(event: "attention", listener: (text: string) => void): this;
    parse(xml: string): this;
  }
}
