/** Source: Okta Management API, List all custom roles. */
export const CUSTOM_ROLES = "/api/v1/iam/roles";
