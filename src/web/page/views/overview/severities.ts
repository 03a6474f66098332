import type { Severity } from "../../../api/contract.ts";

/** Worst first. */
export const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low"];
