/** The part of a terminal stream that a screen needs. */
export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on?(event: "resize", listener: () => void): unknown;
  off?(event: "resize", listener: () => void): unknown;
}

/**
 * Lines at the bottom of a terminal that are redrawn in their place, with other text scrolling past above them. What
 * was drawn may have been wrapped since by a terminal that got narrower: its rows are counted when it is taken back.
 */
export class Screen {
  readonly #terminal: Terminal;
  readonly #draw: () => readonly string[];
  readonly #onResize = () => this.redraw();
  #drawn: readonly string[] = [];
  #open = true;

  /** `draw` gives the lines as they should be now. */
  constructor(terminal: Terminal, draw: () => readonly string[]) {
    this.#terminal = terminal;
    this.#draw = draw;
    terminal.on?.("resize", this.#onResize);
  }

  /** Draws the lines anew. */
  redraw(): void {
    if (!this.#open) return;
    const lines = this.#draw();
    this.#terminal.write(this.#takenBack() + lines.map((line) => `${line}\n`).join(""));
    this.#drawn = lines;
  }

  /** Writes text above the lines. */
  print(text: string): void {
    if (!this.#open) {
      this.#terminal.write(text);
      return;
    }
    const whole = text.endsWith("\n") ? text : `${text}\n`;
    this.#terminal.write(this.#takenBack() + whole + this.#drawn.map((line) => `${line}\n`).join(""));
  }

  /** Takes the lines away: from now on text is written as it comes. */
  close(): void {
    if (!this.#open) return;
    this.#terminal.write(this.#takenBack());
    this.#terminal.off?.("resize", this.#onResize);
    this.#open = false;
  }

  #takenBack(): string {
    const rows = rowsOf(this.#drawn, this.#terminal.columns ?? 80);
    return rows === 0 ? "" : `\u001b[${rows}A\r\u001b[J`;
  }
}

/** How many rows lines take on a terminal of so many columns. */
export function rowsOf(lines: readonly string[], columns: number): number {
  return lines.reduce((rows, line) => rows + Math.max(1, Math.ceil(visible(line).length / Math.max(1, columns))), 0);
}

function visible(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with the escape character
  return line.replace(/\u001b\[[0-9;]*m/g, "");
}
