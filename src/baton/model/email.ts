/** Local part and domain as RFC 5322 and RFC 1034 have them, without quoted local parts and address literals. */
const EMAIL =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;

/** The same with letters of any script, which internationalised addresses have (RFC 6531). */
const INTERNATIONAL = /^[^\s@"(),:;<>[\\\]\p{C}]{1,64}@[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}.-]*[\p{L}\p{M}\p{N}])?$/u;

/** Whether a text is an email address, as far as its form tells. */
export function isEmail(text: string): boolean {
  if (text.length > 254 || /\.\.|^\.|\.@/.test(text)) return false;
  return EMAIL.test(text) || INTERNATIONAL.test(text);
}
