import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type Configuration,
  ConfigurationSchema,
  type FieldGroupSchema,
  type FieldSchema,
} from "../gen/c1/config/v1/config_pb.ts";
import type { Flag } from "./flags/flag.ts";
import { FLAGS } from "./flags/flags.ts";

/** The flags that belong to one way of signing in only. */
const METHODS = [
  {
    name: "api-token-group",
    displayName: "API Token",
    helpText: "Sign in with an API token",
    default: true,
    own: ["api-token"],
  },
  {
    name: "private-key-group",
    displayName: "OAuth 2.0 Private Key",
    helpText: "Sign in as an API service app with a private key: short-lived tokens, with no more scopes than needed",
    default: false,
    own: ["okta-client-id", "okta-private-key-id", "okta-private-key"],
  },
];

/** Where platforms keep the icon of Okta. Source: the configuration of the Go connector. */
const ICON_URL = "/static/app-icons/okta.svg";

/** The settings that a platform may ask for, in the form that platforms read (`c1.config.v1.Configuration`). */
export function configuration(): Configuration {
  const all = Object.entries(FLAGS as Readonly<Record<string, Flag>>);
  // A form shows them in this order, with what the operator of the platform decides apart.
  const flags = (["ops", "connector"] as const).flatMap((kind) => all.filter(([, flag]) => flag.platform === kind));
  const credentials = METHODS.flatMap(({ own }) => own);
  const shared = flags.filter(([name, flag]) => flag.platform === "connector" && !credentials.includes(name));
  return create(ConfigurationSchema, {
    displayName: "Okta",
    iconUrl: ICON_URL,
    isDirectory: true,
    fields: flags.map(([name, flag]) => fieldOf(name, flag, credentials.includes(name))),
    fieldGroups: METHODS.map(
      ({ own, ...group }): MessageInitShape<typeof FieldGroupSchema> => ({
        ...group,
        fields: [...own, ...shared.map(([name]) => name)],
      }),
    ),
  });
}

function fieldOf(name: string, flag: Flag, credential: boolean): MessageInitShape<typeof FieldSchema> {
  // A credential is required within its own field group, which is where a form asks for it.
  const isRequired = (flag.required ?? false) || credential;
  return {
    name,
    displayName: flag.displayName ?? "",
    description: flag.description,
    ...(flag.example === undefined ? {} : { placeholder: flag.example }),
    isRequired,
    isSecret: flag.secret ?? false,
    isOps: flag.platform === "ops",
    field: kindOf(flag, isRequired),
  };
}

function kindOf(flag: Flag, isRequired: boolean): NonNullable<MessageInitShape<typeof FieldSchema>["field"]> {
  switch (flag.type) {
    case "boolean":
      return { case: "boolField", value: { defaultValue: flag.default === true } };
    case "list":
      return { case: "stringSliceField", value: {} };
    case "integer":
    case "number":
      return {
        case: "intField",
        value: {
          defaultValue: BigInt(Number(flag.default ?? 0)),
          rules: {
            ...(flag.min === undefined ? {} : { gte: BigInt(flag.min) }),
            ...(flag.max === undefined ? {} : { lte: BigInt(flag.max) }),
          },
        },
      };
    default: {
      const rules = {
        ...(isRequired ? { isRequired } : {}),
        ...(flag.choices === undefined ? {} : { in: [...flag.choices] }),
      };
      return {
        case: "stringField",
        value: {
          ...(flag.default === undefined ? {} : { defaultValue: String(flag.default) }),
          ...(Object.keys(rules).length === 0 ? {} : { rules }),
        },
      };
    }
  }
}
