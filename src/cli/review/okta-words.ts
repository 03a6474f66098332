import type { ProfileWords } from "../../review/population/people.ts";

/** What an account is called whose owner is no person. */
const SERVICE = /^(service|service[ _-]?account|system|bot|robot|machine|non[ _-]?human|integration)$/i;

/**
 * What Okta's profiles call things. Source: Okta, Default Profile Properties (`managerId`, `manager`, `secondEmail`,
 * `employeeNumber`, `userType`).
 */
export const OKTA_WORDS: ProfileWords = {
  manager: ["managerId", "managerEmail", "manager_email", "manager"],
  addresses: ["secondEmail"],
  samePerson: ["employeeNumber"],
  isService: ({ userType }) => typeof userType === "string" && SERVICE.test(userType.trim()),
};
