/** An error as Okta answers it; routes throw it, the server writes it. */
export class ApiError extends Error {
  readonly status: number;
  readonly errorCode: string;
  readonly causes: readonly string[];

  constructor(status: number, errorCode: string, summary: string, causes: readonly string[] = []) {
    super(summary);
    this.status = status;
    this.errorCode = errorCode;
    this.causes = causes;
  }
}
