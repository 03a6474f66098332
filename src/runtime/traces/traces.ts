/** What a span says besides its name. Nothing that names a person, no secrets. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A span that is under way. */
export interface Span {
  set(attributes: SpanAttributes): void;
}

/** Where a run's spans go. Spans nest by themselves: what runs within `span` belongs to it. */
export interface Traces {
  /** Runs something as a span; what it throws ends the span as failed, and is thrown on. */
  span<T>(name: string, attributes: SpanAttributes, run: (span: Span) => Promise<T>): Promise<T>;
  /** A span of something that has just ended. `failed`: why, in words without personal data. */
  ended(name: string, durationMs: number, attributes: SpanAttributes, failed?: string): void;
}

const NO_SPAN: Span = { set() {} };

/** Traces that nobody asked for. */
export const noTraces: Traces = {
  span: (_name, _attributes, run) => run(NO_SPAN),
  ended() {},
};
