import { isIP, isIPv4, isIPv6 } from "node:net";
import { type StringRules, WellKnownString } from "../../../gen/c1/config/v1/rules_pb.ts";

/**
 * The first rule that a text breaks, as `is longer than 255 characters`. Lengths are in characters. Rules do not apply
 * to an empty text unless they say so, as forms send one for what was left open.
 */
export function brokenTextRule(text: string, rules: StringRules | undefined): string | undefined {
  if (rules === undefined) return undefined;
  if (text === "") {
    if (rules.isRequired) return "is empty";
    if (!rules.validateEmpty) return undefined;
  }
  const length = BigInt([...text].length);
  const quoted = (part: string) => JSON.stringify(part);
  if (rules.eq !== undefined && text !== rules.eq) return `must be ${quoted(rules.eq)}`;
  if (rules.len !== undefined && length !== rules.len) return `must have ${rules.len} characters`;
  if (rules.minLen !== undefined && length < rules.minLen) return `is shorter than ${rules.minLen} characters`;
  if (rules.maxLen !== undefined && length > rules.maxLen) return `is longer than ${rules.maxLen} characters`;
  if (rules.pattern !== undefined && matches(text, rules.pattern) === false) return `must match ${rules.pattern}`;
  if (rules.prefix !== undefined && !text.startsWith(rules.prefix)) return `must start with ${quoted(rules.prefix)}`;
  if (rules.suffix !== undefined && !text.endsWith(rules.suffix)) return `must end with ${quoted(rules.suffix)}`;
  if (rules.contains !== undefined && !text.includes(rules.contains)) return `must contain ${quoted(rules.contains)}`;
  if (rules.notContains !== undefined && text.includes(rules.notContains)) {
    return `must not contain ${quoted(rules.notContains)}`;
  }
  if (rules.in.length > 0 && !rules.in.includes(text)) return `must be one of ${rules.in.join(", ")}`;
  if (rules.notIn.includes(text)) return `must not be ${quoted(text)}`;
  const kind = KINDS[rules.wellKnown];
  return kind === undefined || kind.test(text) ? undefined : `must be ${kind.name}`;
}

/** `undefined` where the pattern is written in a way that cannot be tried here: the action decides then. */
function matches(text: string, pattern: string): boolean | undefined {
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    return undefined;
  }
}

const HOST =
  /^(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?$/;
const isHost = (text: string) => HOST.test(text);

const KINDS: Readonly<Partial<Record<WellKnownString, { name: string; test: (text: string) => boolean }>>> = {
  [WellKnownString.EMAIL]: { name: "an email address", test: (text) => /^[^\s@<>]+@[^\s@<>]+$/.test(text) },
  [WellKnownString.HOSTNAME]: { name: "a host name", test: isHost },
  [WellKnownString.IP]: { name: "an IP address", test: (text) => isIP(text) !== 0 },
  [WellKnownString.IPV4]: { name: "an IPv4 address", test: isIPv4 },
  [WellKnownString.IPV6]: { name: "an IPv6 address", test: isIPv6 },
  [WellKnownString.URI]: { name: "a URI", test: (text) => URL.canParse(text) },
  [WellKnownString.ADDRESS]: { name: "a host name or an IP address", test: (text) => isIP(text) !== 0 || isHost(text) },
  [WellKnownString.UUID]: {
    name: "a UUID",
    test: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text),
  },
};
