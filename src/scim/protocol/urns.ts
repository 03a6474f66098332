/** The names of SCIM's schemas and messages. Source: RFC 7643 section 8, RFC 7644 section 3. */
export const USER_URN = "urn:ietf:params:scim:schemas:core:2.0:User";
export const ENTERPRISE_URN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
export const GROUP_URN = "urn:ietf:params:scim:schemas:core:2.0:Group";
export const LIST_URN = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
export const ERROR_URN = "urn:ietf:params:scim:api:messages:2.0:Error";
export const SCHEMA_URN = "urn:ietf:params:scim:schemas:core:2.0:Schema";
export const RESOURCE_TYPE_URN = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
export const CONFIG_URN = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";

/** Whether a key of a resource names a schema extension. */
export function isUrn(key: string): boolean {
  return /^urn:/i.test(key);
}
