import { isObject, text } from "../../baton/model/values.ts";
import { listOf } from "../api/pages/unexpected-shape.ts";

/**
 * The ids of the objects in a JSON list: all that is used of a page of members, which is where most bytes of a sync are.
 * `""` stands for an item without one. Throws a `SyntaxError` where the body holds no list.
 *
 * A page whose objects were made costs two and a half times the CPU of one that is only looked through. What is read
 * here without making them is JSON as servers write it; at whatever is out of the ordinary `JSON.parse` decides.
 */
export function idsInList(body: Buffer): string[] {
  return scanned(body) ?? parsed(body);
}

function parsed(body: Buffer): string[] {
  const list: unknown = JSON.parse(body.toString("utf8"));
  return listOf<unknown>(list, list).map((one) => (isObject(one) ? text(one.id) : ""));
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const LETTER_I = 0x69;
const LETTER_D = 0x64;

/** How deep the objects of the list lie: within the list, within the object. */
const ITEM = 2;

/** The ids, or `undefined` where something is out of the ordinary. */
function scanned(body: Buffer): string[] | undefined {
  const ids: string[] = [];
  const end = body.length;
  if (body[0] !== OPEN_LIST || body[end - 1] !== CLOSE_LIST) return undefined;
  let id: string | undefined;
  let depth = 1;
  let at = 1;
  while (at < end) {
    const byte = body[at]!;
    if (byte === QUOTE) {
      if (depth < ITEM) return undefined;
      const close = depth === ITEM ? endOfPlainText(body, at) : endOfText(body, at);
      if (close === undefined) return undefined;
      const isId = depth === ITEM && close - at === 3 && body[at + 1] === LETTER_I && body[at + 2] === LETTER_D;
      at = close + 1;
      if (isId && body[at] !== COMMA && body[at] !== CLOSE_OBJECT) {
        if (body[at] !== COLON || body[at + 1] !== QUOTE) return undefined;
        const last = endOfPlainText(body, at + 1);
        if (last === undefined || last === at + 2) return undefined;
        id = body.toString("latin1", at + 2, last);
        at = last + 1;
      }
      continue;
    }
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      if (depth === 1 && byte === OPEN_LIST) return undefined;
      depth++;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (depth === ITEM) {
        if (id === undefined) return undefined;
        ids.push(id);
        id = undefined;
      }
      depth--;
      if (depth === 0 && at < end - 1) return undefined;
    } else if (depth === 1 && byte !== COMMA) {
      return undefined;
    }
    at++;
  }
  return depth === 0 ? ids : undefined;
}

/** Where the text that begins at `open` ends; `undefined` where it does not. */
function endOfText(body: Buffer, open: number): number | undefined {
  const end = body.length;
  for (let at = open + 1; at < end; at++) {
    const byte = body[at]!;
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at++;
  }
  return undefined;
}

/** The same for a text that has to be ASCII without escapes; `undefined` where it is not. */
function endOfPlainText(body: Buffer, open: number): number | undefined {
  const end = body.length;
  for (let at = open + 1; at < end; at++) {
    const byte = body[at]!;
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH || byte > 0x7e) return undefined;
  }
  return undefined;
}
