import { ENTERPRISE_URN, USER_URN } from "../urns.ts";
import { type Attribute, type ResourceKind, type Schema, several, single } from "./attribute.ts";

const NAME: readonly Attribute[] = [
  single("formatted", "The whole name"),
  single("familyName", "The last name"),
  single("givenName", "The first name"),
  single("middleName", "The middle name"),
  single("honorificPrefix", "What stands in front of the name"),
  single("honorificSuffix", "What stands behind the name"),
];

const ADDRESS: readonly Attribute[] = [
  single("formatted", "The whole address"),
  single("streetAddress", "Street and house"),
  single("locality", "The city"),
  single("region", "The state or region"),
  single("postalCode", "The postal code"),
  single("country", "The country"),
  single("type", "What it is for"),
  single("primary", "Whether it is the first of them", { type: "boolean" }),
];

const external = { type: "reference", referenceTypes: ["external"] } as const;

const userSchema: Schema = {
  id: USER_URN,
  name: "User",
  description: "A person who was assigned to the app in Okta",
  attributes: [
    single("userName", "The login; no two have the same, whatever its case", { required: true, unique: true }),
    single("name", "The name in its parts", { type: "complex", subAttributes: NAME }),
    single("displayName", "The name as it is shown"),
    single("nickName", "How the person is called"),
    single("profileUrl", "A page about the person", external),
    single("title", "The job title"),
    single("userType", "How the person belongs to the company"),
    single("preferredLanguage", "The language"),
    single("locale", "Formats of dates and numbers"),
    single("timezone", "The time zone"),
    single("active", "Whether the person may sign in", { type: "boolean" }),
    several("emails", "Email addresses"),
    several("phoneNumbers", "Phone numbers"),
    several("ims", "Addresses for messages"),
    several("photos", "Pictures", external),
    {
      name: "addresses",
      type: "complex",
      description: "Postal addresses",
      multiValued: true,
      subAttributes: ADDRESS,
    },
    {
      name: "groups",
      type: "complex",
      description: "The groups that the person is a member of; changed at the groups",
      multiValued: true,
      mutability: "readOnly",
      subAttributes: [
        single("value", "The group's id", { mutability: "readOnly", caseExact: true }),
        single("$ref", "The group", { type: "reference", referenceTypes: ["Group"], mutability: "readOnly" }),
        single("display", "The group's name", { mutability: "readOnly" }),
        single("type", "How: always direct", { mutability: "readOnly" }),
      ],
    },
    several("entitlements", "What else the person has"),
    several("roles", "Roles"),
    several("x509Certificates", "Certificates", { type: "binary", caseExact: true }),
  ],
};

const enterpriseSchema: Schema = {
  id: ENTERPRISE_URN,
  name: "EnterpriseUser",
  description: "What a company says of a person",
  attributes: [
    single("employeeNumber", "The employee number"),
    single("costCenter", "The cost center"),
    single("organization", "The organization"),
    single("division", "The division"),
    single("department", "The department"),
    {
      name: "manager",
      type: "complex",
      description: "The manager",
      subAttributes: [
        single("value", "The manager's id"),
        single("$ref", "The manager", { type: "reference", referenceTypes: ["User"] }),
        single("displayName", "The manager's name"),
      ],
    },
  ],
};

/** Users. */
export const USER: ResourceKind = {
  name: "User",
  endpoint: "Users",
  schema: userSchema,
  extensions: [enterpriseSchema],
};
