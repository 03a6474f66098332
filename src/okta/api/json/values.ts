export {
  isObject,
  isTooDeep,
  jsonObject,
  MAX_JSON_DEPTH,
  text,
  timestamp,
} from "../../../baton/model/values.ts";
