/** The type of the resources that findings become (`--sync-findings`). */
export const INSIGHT_TYPE = "security-insight";
