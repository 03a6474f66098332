import { type DescFile, type DescService, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { file_c1_connector_v2_annotation_entitlement } from "../../../gen/c1/connector/v2/annotation_entitlement_pb.ts";
import { file_c1_connector_v2_annotation_external_link } from "../../../gen/c1/connector/v2/annotation_external_link_pb.ts";
import { file_c1_connector_v2_annotation_grant } from "../../../gen/c1/connector/v2/annotation_grant_pb.ts";
import { file_c1_connector_v2_annotation_ratelimit } from "../../../gen/c1/connector/v2/annotation_ratelimit_pb.ts";
import { file_c1_connector_v2_annotation_raw_id } from "../../../gen/c1/connector/v2/annotation_raw_id_pb.ts";
import { file_c1_connector_v2_annotation_resource } from "../../../gen/c1/connector/v2/annotation_resource_pb.ts";
import { file_c1_connector_v2_annotation_resource_tree } from "../../../gen/c1/connector/v2/annotation_resource_tree_pb.ts";
import { file_c1_connector_v2_annotation_trait } from "../../../gen/c1/connector/v2/annotation_trait_pb.ts";
import { file_c1_connector_v2_annotation_v1_identifier } from "../../../gen/c1/connector/v2/annotation_v1_identifier_pb.ts";
import { file_google_rpc_error_details } from "../../../gen/google/rpc/error_details_pb.ts";
import {
  ServerReflection,
  type ServerReflectionRequest,
  type ServerReflectionResponseSchema,
} from "../../../gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ServerReflectionAlpha } from "../../../gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { Code } from "../status.ts";
import { type Handlers, type Served, serve } from "./service.ts";

type Response = MessageInitShape<typeof ServerReflectionResponseSchema>;
type Answer = Response["messageResponse"];
type Question = Pick<ServerReflectionRequest, "host" | "messageRequest">;

/** What travels packed in other messages, as annotations and as details of a status: no service names these files. */
const PACKED: readonly DescFile[] = [
  file_c1_connector_v2_annotation_entitlement,
  file_c1_connector_v2_annotation_external_link,
  file_c1_connector_v2_annotation_grant,
  file_c1_connector_v2_annotation_ratelimit,
  file_c1_connector_v2_annotation_raw_id,
  file_c1_connector_v2_annotation_resource,
  file_c1_connector_v2_annotation_resource_tree,
  file_c1_connector_v2_annotation_trait,
  file_c1_connector_v2_annotation_v1_identifier,
  file_google_rpc_error_details,
];

/** Tells tools what services there are and how their messages look, in both versions of the protocol. */
export function reflectionServices(services: readonly DescService[]): Served[] {
  const all = [...services, ServerReflection, ServerReflectionAlpha];
  const files = new Map<string, DescFile>();
  for (const file of [...all.map(({ file }) => file), ...PACKED]) addFile(files, file);
  const symbols = new Map<string, DescFile>();
  for (const file of files.values()) addSymbols(symbols, file);
  const names = all.map(({ typeName }) => ({ name: typeName })).sort((a, b) => (a.name < b.name ? -1 : 1));

  function answer({ messageRequest: { case: kind, value } }: Question): Answer {
    switch (kind) {
      case "listServices":
        return { case: "listServicesResponse", value: { service: names } };
      case "fileByFilename":
        return fileAnswer(files.get(value), `file ${value}`);
      case "fileContainingSymbol":
        return fileAnswer(fileOf(symbols, value), `symbol ${value}`);
      case "allExtensionNumbersOfType":
        if (!symbols.has(value)) return failed(Code.NOT_FOUND, `there is no type ${value}`);
        return { case: "allExtensionNumbersResponse", value: { baseTypeName: value, extensionNumber: [] } };
      case "fileContainingExtension":
        return failed(Code.NOT_FOUND, "there are no extensions");
      default:
        return failed(Code.INVALID_ARGUMENT, "nothing is asked");
    }
  }

  async function* info(questions: AsyncIterable<Question>) {
    for await (const question of questions) {
      const { host, messageRequest } = question;
      const messageResponse = answer(question);
      yield { validHost: host, originalRequest: { host, messageRequest }, messageResponse } as Response & object;
    }
  }

  return [
    serve(ServerReflection, { serverReflectionInfo: info }),
    // The messages of both versions are the same but for the package's name.
    serve(ServerReflectionAlpha, { serverReflectionInfo: info } as unknown as Handlers<typeof ServerReflectionAlpha>),
  ];
}

function addFile(files: Map<string, DescFile>, file: DescFile): void {
  const name = file.proto.name;
  if (files.has(name)) return;
  files.set(name, file);
  for (const dependency of file.dependencies) addFile(files, dependency);
}

function addSymbols(symbols: Map<string, DescFile>, file: DescFile): void {
  for (const type of nestedTypes(file)) if (type.kind !== "extension") symbols.set(type.typeName, file);
  for (const { typeName, methods } of file.services) {
    symbols.set(typeName, file);
    for (const { name } of methods) symbols.set(`${typeName}.${name}`, file);
  }
}

/** The file that declares a symbol: a field is declared where its message is. */
function fileOf(symbols: ReadonlyMap<string, DescFile>, symbol: string): DescFile | undefined {
  return symbols.get(symbol) ?? symbols.get(symbol.slice(0, Math.max(0, symbol.lastIndexOf("."))));
}

/** A file with all that it imports, the file itself first. */
function fileAnswer(file: DescFile | undefined, what: string): Answer {
  if (file === undefined) return failed(Code.NOT_FOUND, `there is no ${what}`);
  const needed = new Map<string, DescFile>();
  addFile(needed, file);
  const fileDescriptorProto = [...needed.values()].map(({ proto }) => toBinary(FileDescriptorProtoSchema, proto));
  return { case: "fileDescriptorResponse", value: { fileDescriptorProto } };
}

function failed(errorCode: number, errorMessage: string): Answer {
  return { case: "errorResponse", value: { errorCode, errorMessage } };
}
