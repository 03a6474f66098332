import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { FieldSchema } from "../../gen/c1/config/v1/config_pb.ts";
import {
  type ActionType,
  type BatonActionSchema,
  BatonActionSchemaSchema,
} from "../../gen/c1/connector/v2/action_pb.ts";

/** An argument or a result, as a schema describes it. */
export type FieldInit = MessageInitShape<typeof FieldSchema>;

/** What a schema is made from. */
export interface SchemaInit {
  readonly name: string;
  readonly displayName?: string;
  readonly description: string;
  readonly arguments: FieldInit[];
  readonly returnTypes: FieldInit[];
  readonly actionType: ActionType[];
  /** Absent for an action that belongs to no resource type. */
  readonly resourceTypeId?: string;
}

/** The schema of an action. */
export function actionSchema(init: SchemaInit): BatonActionSchema {
  return create(BatonActionSchemaSchema, init);
}

/** A text. */
export function textField(name: string, displayName: string, description: string): FieldInit {
  return { name, displayName, description, field: { case: "stringField", value: {} } };
}

/** The same field, which an action cannot do without. */
export function required(field: FieldInit): FieldInit {
  return { ...field, isRequired: true };
}

/** The user whom an action of the type `user` is about. */
export const userField: FieldInit = {
  name: "user_id",
  displayName: "User",
  description: "The user",
  isRequired: true,
  field: { case: "resourceIdField", value: { rules: { allowedResourceTypeIds: ["user"] } } },
};

/** Whether it has been done: always true, as whatever fails ends the action as failed. */
const success: FieldInit = {
  name: "success",
  displayName: "Success",
  description: "Whether it has been done",
  field: { case: "boolField", value: {} },
};

/** The results of an action that says what it did. */
export const messageResults: FieldInit[] = [success, textField("message", "Message", "What has been done")];

/** The results of an action that answers a resource. */
export function resourceResults(name: string, displayName: string, description: string): FieldInit[] {
  return [success, { name, displayName, description, field: { case: "resourceField", value: {} } }];
}

/** The results of an action that answers a text. */
export function textResults(name: string, displayName: string, description: string): FieldInit[] {
  return [success, textField(name, displayName, description)];
}
