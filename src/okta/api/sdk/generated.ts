// @ts-nocheck The SDK has types for its client only, and none for these files, which are what the client is made of.
import configuration from "@okta/okta-sdk-nodejs/src/generated/configuration.js";
import http from "@okta/okta-sdk-nodejs/src/generated/http/http.js";
import servers from "@okta/okta-sdk-nodejs/src/generated/servers.js";
import objects from "@okta/okta-sdk-nodejs/src/generated/types/ObjectParamAPI.js";

/** The generated part of Okta's SDK, as far as it is used. */
export default {
  createConfiguration: configuration.createConfiguration,
  ServerConfiguration: servers.ServerConfiguration,
  wrapHttpLibrary: http.wrapHttpLibrary,
  ResponseContext: http.ResponseContext,
  apis: {
    userApi: objects.ObjectUserApi,
    groupApi: objects.ObjectGroupApi,
    applicationApi: objects.ObjectApplicationApi,
    roleAssignmentApi: objects.ObjectRoleAssignmentApi,
    resourceSetApi: objects.ObjectResourceSetApi,
    customRoleApi: objects.ObjectCustomRoleApi,
    apiTokenApi: objects.ObjectApiTokenApi,
  },
};
