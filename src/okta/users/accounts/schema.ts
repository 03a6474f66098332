import { create } from "@bufbuild/protobuf";
import {
  CapabilityDetailCredentialOption,
  type ConnectorAccountCreationSchema,
  ConnectorAccountCreationSchemaSchema,
  type CredentialDetailsAccountProvisioning,
  CredentialDetailsAccountProvisioningSchema,
} from "../../../gen/c1/connector/v2/connector_pb.ts";

/** What a profile may hold from which an account is created, in the order in which a form shows it. */
export const accountSchema: ConnectorAccountCreationSchema = create(ConnectorAccountCreationSchemaSchema, {
  fieldMap: {
    first_name: { ...field("First Name", 1, "The user's given name"), required: true },
    last_name: { ...field("Last Name", 2, "The user's family name"), required: true },
    email: {
      ...field("Email", 3, "The user's primary email address, which is the login too unless one is given"),
      required: true,
    },
    login: field("Login", 4, "The name the user signs in with; the email address where it is left out"),
    password_change_on_login_required: field(
      "Password Change Required on Login",
      5,
      "true: a random password is good for the first sign-in only",
    ),
    create_inactive: field("Create Inactive", 6, "true: the user stays staged until somebody activates it"),
    send_activation_email: {
      ...field("Send Activation Email", 7, "false: the user is activated without an email"),
      field: { case: "stringField", value: { defaultValue: "true" } },
    },
    provider_type: field("Provider Type", 8, "OKTA, or FEDERATION for a user whom another identity provider signs in"),
    additionalAttributes: {
      ...field("Additional Attributes", 9, "Further attributes of the Okta profile, by their names there"),
      field: { case: "mapField", value: {} },
    },
  },
});

/** The credentials with which an account can be created. */
export const accountCredentials: CredentialDetailsAccountProvisioning = create(
  CredentialDetailsAccountProvisioningSchema,
  {
    supportedCredentialOptions: [
      CapabilityDetailCredentialOption.NO_PASSWORD,
      CapabilityDetailCredentialOption.RANDOM_PASSWORD,
    ],
    preferredCredentialOption: CapabilityDetailCredentialOption.NO_PASSWORD,
  },
);

function field(displayName: string, order: number, description: string) {
  return { displayName, order, description, field: { case: "stringField" as const, value: {} } };
}
