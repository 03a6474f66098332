import { invalid } from "../errors.ts";
import type { Org } from "../org.ts";
import type { UserEntry } from "../types.ts";

/** Whether a user fits a group rule. */
export type RuleTest = (org: Org, user: UserEntry) => boolean;

const TOKEN = /\s*(?:(==|!=|&&|\|\||[(),])|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([A-Za-z_][\w.]*))/y;

interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

const FUNCTIONS: Readonly<Record<string, (value: string, part: string) => boolean>> = {
  "String.startsWith": (value, part) => value.startsWith(part),
  "String.stringContains": (value, part) => value.includes(part),
};

/**
 * Reads the part of Okta's expression language that group rules mostly use: `user.attribute == "text"`, `!=`,
 * `String.startsWith`, `String.stringContains`, `isMemberOfGroup`, `isMemberOfAnyGroup`, `and`, `or` and parentheses.
 * Throws Okta's validation error on anything else.
 */
export function compileRule(expression: string): RuleTest {
  const tokens = tokensOf(expression);
  let at = 0;
  const fail = () =>
    invalid("expression", [`expression: The expression is not valid or not supported: ${expression.slice(0, 200)}`]);
  const is = (...texts: string[]) => {
    const token = tokens[at];
    if (token === undefined || token.quoted || !texts.includes(token.text.toLowerCase())) return false;
    at++;
    return true;
  };
  const expect = (text: string) => {
    if (!is(text)) throw fail();
  };
  const quoted = (): string => {
    const token = tokens[at++];
    if (token?.quoted !== true) throw fail();
    return token.text;
  };
  const attribute = (name: string | undefined) => {
    const match = /^user\.(\w+)$/.exec(name ?? "");
    if (match === null) throw fail();
    return ({ record }: UserEntry) => String(record.profile[match[1]!] ?? "");
  };
  const texts = (): string[] => {
    const found = [quoted()];
    while (is(",")) found.push(quoted());
    expect(")");
    return found;
  };
  const one = (): RuleTest => {
    if (is("(")) {
      const inner = either();
      expect(")");
      return inner;
    }
    const name = tokens[at++];
    if (name === undefined || name.quoted) throw fail();
    if (name.text === "isMemberOfGroup" || name.text === "isMemberOfAnyGroup") {
      expect("(");
      const ids = texts();
      return (org, user) => ids.some((id) => user.groups.includes(org.group(id)?.index ?? -1));
    }
    const test = FUNCTIONS[name.text];
    if (test !== undefined) {
      expect("(");
      const value = attribute(tokens[at++]?.text);
      expect(",");
      const [part] = texts();
      return (_, user) => test(value(user), part!);
    }
    const value = attribute(name.text);
    const negated = is("!=");
    if (!negated) expect("==");
    const wanted = quoted();
    return (_, user) => (value(user) === wanted) !== negated;
  };
  const both = (): RuleTest => {
    let left = one();
    while (is("and", "&&")) {
      const [a, b] = [left, one()];
      left = (org, user) => a(org, user) && b(org, user);
    }
    return left;
  };
  function either(): RuleTest {
    let left = both();
    while (is("or", "||")) {
      const [a, b] = [left, both()];
      left = (org, user) => a(org, user) || b(org, user);
    }
    return left;
  }
  const test = either();
  if (at < tokens.length) throw fail();
  return test;
}

function tokensOf(expression: string): Token[] {
  const found: Token[] = [];
  for (let at = 0; expression.slice(at).trim() !== ""; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(expression);
    if (match === null) throw invalid("expression", ["expression: The expression is not well-formed."]);
    const text = match[2] ?? match[3];
    if (text !== undefined) found.push({ text: text.replace(/\\(.)/g, "$1"), quoted: true });
    else found.push({ text: (match[1] ?? match[4])!, quoted: false });
  }
  return found;
}
