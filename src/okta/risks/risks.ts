import type { Rule } from "../../baton/model/finding.ts";
import { accessNeverUsed, disabledAccountAccess, inactiveAppWithUsers, samePerson } from "./rules/accounts.ts";
import {
  adminIdle,
  adminNotActive,
  adminOldPassword,
  adminRoleDirect,
  adminWithoutFactor,
  largeAdminGroup,
  tooManySuperAdmins,
} from "./rules/admins.ts";
import { adminReadsClientSecret, groupAdminFeedsAdminGroup } from "./rules/attack-paths.ts";
import { groupOwnerGone, ruleFeedsAdminGroup } from "./rules/groups.ts";
import { serviceAppManageScopes, serviceAppOldCredential } from "./rules/service-apps.ts";
import { superAdminToken, tokenWithoutZone } from "./rules/tokens.ts";

/** Which access is dangerous in Okta, and why: every rule, in the order in which they are documented. */
export const RISKS: readonly Rule[] = [
  tooManySuperAdmins,
  adminNotActive,
  adminIdle,
  adminWithoutFactor,
  adminOldPassword,
  adminRoleDirect,
  largeAdminGroup,
  superAdminToken,
  tokenWithoutZone,
  serviceAppOldCredential,
  serviceAppManageScopes,
  inactiveAppWithUsers,
  ruleFeedsAdminGroup,
  disabledAccountAccess,
  accessNeverUsed,
  groupOwnerGone,
  samePerson,
  adminReadsClientSecret,
  groupAdminFeedsAdminGroup,
];
