import type { WireAnswer } from "./transport.ts";

/** A request to the API, without credentials. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly repeatable: boolean;
  /** Reads a success; what it throws counts as a corrupt answer and is tried again. */
  readonly take?: (answer: WireAnswer) => void;
  /** Called when it is sent again after a try that may have taken effect. */
  readonly onRepeat?: () => void;
}
