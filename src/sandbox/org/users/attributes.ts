/** Profile attributes of Okta's default user schema. */
const BASE_ATTRIBUTES = [
  ...["login", "email", "secondEmail", "firstName", "lastName", "middleName", "honorificPrefix", "honorificSuffix"],
  ...[
    "title",
    "displayName",
    "nickName",
    "profileUrl",
    "primaryPhone",
    "mobilePhone",
    "streetAddress",
    "city",
    "state",
  ],
  ...["zipCode", "countryCode", "postalAddress", "preferredLanguage", "locale", "timezone", "userType"],
  ...["employeeNumber", "costCenter", "organization", "division", "department", "managerId", "manager"],
];

/** Attributes of Okta's default user schema, all of which are texts. */
export const baseAttributes: ReadonlySet<string> = new Set(BASE_ATTRIBUTES);
