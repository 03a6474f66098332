import { create } from "@bufbuild/protobuf";
import type { ResourceTypeSupport } from "../../baton/connector.ts";
import { pack } from "../../baton/model/annotations.ts";
import { isObject, text } from "../../baton/model/values.ts";
import { DeviceOS_OsType, ManagedDeviceTraitSchema } from "../../gen/c1/connector/v2/annotation_trait_pb.ts";
import { type Resource, ResourceSchema } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { OktaDevice } from "../api/json/objects.ts";
import { nextCursors } from "../api/paths.ts";
import { identified } from "../resource/readable.ts";
import { pageOrRefusal, readPage } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { deviceType } from "../resource/types.ts";

const REFUSED = {
  what: "devices",
  why: "reading them takes an org with Okta Devices, an admin role that may view them and, with OAuth, the scope okta.devices.read",
};

/** Devices. An org may not have them at all, and a token may not be allowed to read them: neither fails a sync. */
export function devices(source: Source): ResourceTypeSupport {
  return {
    type: deviceType,
    list(cursor, call) {
      return pageOrRefusal(
        async () => {
          const page = await readPage<OktaDevice>(source, cursor, "/api/v1/devices?limit=200", call);
          const found = identified(page.items, REFUSED.what);
          const items = found.items.map((device) => ({ resource: deviceResource(device), grants: [] }));
          return { ...found, items, next: nextCursors(page.next) };
        },
        REFUSED,
        true,
      );
    },
  };
}

const OS_TYPES: ReadonlyMap<string, DeviceOS_OsType> = new Map([
  ["WINDOWS", DeviceOS_OsType.WINDOWS],
  ["MACOS", DeviceOS_OsType.MACOS],
  ["IOS", DeviceOS_OsType.IOS],
  ["ANDROID", DeviceOS_OsType.ANDROID],
  ["CHROMEOS", DeviceOS_OsType.CHROMEOS],
]);

/** A device as a resource. */
export function deviceResource(device: OktaDevice): Resource {
  const id = text(device.id);
  const { profile } = device;
  const platform = text(profile?.platform);
  return create(ResourceSchema, {
    id: { resourceType: deviceType.id, resource: id },
    displayName: text(profile?.displayName) || id,
    annotations: [
      pack(ManagedDeviceTraitSchema, {
        serial: text(profile?.serialNumber),
        udid: text(profile?.udid),
        model: text(profile?.model),
        vendor: text(profile?.manufacturer),
        ...(isObject(profile) && {
          os: {
            type: OS_TYPES.get(platform) ?? DeviceOS_OsType.UNSPECIFIED,
            name: platform,
            version: text(profile.osVersion),
          },
        }),
      }),
    ],
  });
}
