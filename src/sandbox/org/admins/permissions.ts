/** Some of the permissions that Okta lets a custom role have. */
export const PERMISSIONS = [
  ...["okta.users.read", "okta.users.manage", "okta.users.lifecycle.manage", "okta.users.credentials.resetFactors"],
  ...["okta.users.appAssignment.manage", "okta.groups.read", "okta.groups.manage", "okta.groups.members.manage"],
  ...["okta.groups.appAssignment.manage", "okta.apps.read", "okta.apps.manage", "okta.apps.assignment.manage"],
  ...["okta.iam.read", "okta.devices.read"],
] as const;
