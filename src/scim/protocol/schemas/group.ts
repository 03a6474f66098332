import { GROUP_URN } from "../urns.ts";
import { type ResourceKind, single } from "./attribute.ts";

/** Groups. */
export const GROUP: ResourceKind = {
  name: "Group",
  endpoint: "Groups",
  schema: {
    id: GROUP_URN,
    name: "Group",
    description: "A group that Okta pushed",
    attributes: [
      single("displayName", "The group's name", { required: true }),
      {
        name: "members",
        type: "complex",
        description: "Who is in the group",
        multiValued: true,
        subAttributes: [
          single("value", "The member's id", { caseExact: true, mutability: "immutable" }),
          single("$ref", "The member", {
            type: "reference",
            referenceTypes: ["User", "Group"],
            mutability: "immutable",
          }),
          single("display", "The member's name"),
          single("type", "User or Group", { mutability: "immutable" }),
        ],
      },
    ],
  },
  extensions: [],
};
