import { type Setting, type Settings, variableOf } from "../../runtime/config/config.ts";
import type { Command } from "../command.ts";
import { COMMANDS } from "../commands.ts";
import { EXIT_MEANINGS } from "../exit.ts";
import { TOPICS } from "../flags/flag.ts";
import { FLAGS } from "../flags/flags.ts";
import { type Row, twoColumns, wrap } from "../terminal/layout.ts";

/** Pages of help that are about no command and no group of flags. */
const PAGES: Readonly<Record<string, { summary: string; render: (width: number) => string }>> = {
  configuration: { summary: "Where settings come from: flags, environment, file", render: configuration },
  "exit-codes": { summary: "How the program ends, and what that means", render: exitCodes },
};

/** Everything that there is help on. */
export function helpNames(): string[] {
  return [...Object.keys(COMMANDS), ...Object.keys(TOPICS), ...Object.keys(PAGES)];
}

/** The help on a command or topic, laid out for `width`; the overview for none, `undefined` where there is no such. */
export function helpFor(name: string | undefined, width: number): string | undefined {
  if (name === undefined) return overview(width);
  // `sync` is a command and a topic: the command's page shows the topic's flags.
  if (Object.hasOwn(COMMANDS, name)) return commandPage(name, COMMANDS[name]!, width);
  if (Object.hasOwn(TOPICS, name)) return topicPage(name as keyof typeof TOPICS, width);
  return Object.hasOwn(PAGES, name) ? PAGES[name]!.render(width) : undefined;
}

function overview(width: number): string {
  const topics: Row[] = [
    ...Object.entries(TOPICS)
      .filter(([name]) => !Object.hasOwn(COMMANDS, name))
      .map(([name, summary]): Row => [name, summary]),
    ...Object.entries(PAGES).map(([name, { summary }]): Row => [name, summary]),
  ];
  return [
    paragraphs(["baton-okta reads an Okta org into a snapshot: who has access to what."], width),
    section(
      "Usage",
      "  baton-okta --domain HOST --api-token TOKEN [-f FILE]\n  baton-okta COMMAND [arguments] | help COMMAND|TOPIC | --version\n",
    ),
    section(
      "Commands",
      twoColumns(
        Object.entries(COMMANDS).map(([name, { summary }]): Row => [name, summary]),
        width,
      ),
    ),
    section("Topics", twoColumns(topics, width)),
  ].join("\n");
}

function commandPage(name: string, command: Command, width: number): string {
  const parts = [
    paragraphs([`${command.summary}.`], width),
    section("Usage", command.usage.map((line) => `  baton-okta ${line}\n`).join("")),
  ];
  if (command.about !== undefined) {
    parts.push(command.about.map((text) => `${wrap(text, width).join("\n")}\n`).join(""));
  }
  if (name === "sync") {
    parts.push(section("What and where", flagRows(topicFlags("sync"), width, true)));
    const others = (["credentials", "limits", "logs"] as const).map((topic): Row => [`help ${topic}`, TOPICS[topic]]);
    parts.push(
      section("More flags", twoColumns([...others, ["help configuration", PAGES.configuration!.summary]], width)),
    );
  } else {
    const flags = flagRows(command.flags, width, false);
    if (Object.keys(command.flags).length > 1) parts.push(section("Flags", flags));
  }
  if (command.examples !== undefined) {
    parts.push(section("Examples", command.examples.map((line) => `  baton-okta ${line}\n`).join("")));
  }
  return parts.join("\n");
}

function topicPage(topic: keyof typeof TOPICS, width: number): string {
  const parts = [paragraphs([`${TOPICS[topic]}.`], width), section("Flags", flagRows(topicFlags(topic), width, true))];
  if (topic === "credentials") parts.push(paragraphs(CREDENTIALS, width));
  if (topic === "limits") parts.push(paragraphs(LIMITS, width));
  if (topic === "changes") parts.push(paragraphs(CHANGES, width));
  return parts.join("\n");
}

const CREDENTIALS = [
  "A secret on the command line can be seen in the list of processes while the program starts. Give it in the environment instead (BATON_API_TOKEN, BATON_OKTA_PRIVATE_KEY), or name a file that holds the key.",
  "An API token sees what its owner sees. A Read-Only Administrator reads users, groups and apps; who holds which admin role, custom roles and API tokens take a Super Administrator. What could not be read is named at the end of a sync.",
  "An OAuth app (API Services) needs the scopes okta.users.read, okta.groups.read, okta.apps.read and okta.roles.read, with --sync-secrets okta.apiTokens.read, with --sync-reach okta.appGrants.read, for devices okta.devices.read, and an admin role: without one Okta answers with empty lists. DPoP needs no setting.",
  "A certificate authority of your own: NODE_EXTRA_CA_CERTS=FILE. A proxy: HTTPS_PROXY, HTTP_PROXY, NO_PROXY.",
];

const CHANGES = [
  "The commands grant, revoke, delete, create-account and action do the same, and more; each has its help. Flags alone are for programs: without a terminal they ask nothing.",
  "One change at a time: two of them at once, or half of one, are refused. Nothing has to be synced before. Where --file is a snapshot, names are looked up in it, and an id that matches nothing is answered with a near one.",
  "What is so already is no error, and nothing is sent for it. A line of the log tells of each change: who asked, what, on whom, Okta's request id and how it ended.",
  "An OAuth app is asked for the scopes of the change only: okta.groups.manage and okta.users.read for members of a group, okta.users.manage for users, okta.apps.manage for apps, okta.roles.manage for admin roles. The admin role of the app or token has to allow it as well; where a group or user holds an admin role that is Super Administrator.",
];

const LIMITS = [
  "The limits themselves are read from Okta's answers. A request that would take more than the share waits for the next window (a minute); other lists go on meanwhile.",
];

function configuration(width: number): string {
  const rows = Object.entries<Setting>(FLAGS).map(
    ([name, setting]): Row => [`--${name}`, setting.secret ? `${variableOf(name)} (secret)` : variableOf(name)],
  );
  return [
    paragraphs([`${PAGES.configuration!.summary}.`], width),
    paragraphs(
      [
        "A flag goes before the environment, the environment before the file.",
        "The environment variable of a flag is BATON_ and its name in capitals, with _ for -. True and false may be written true, false, 1, 0, yes, no. Lists are separated by commas; a flag that is a list may be repeated.",
        "The file is .baton.yaml or .baton.yml in the current directory (on Windows also baton.yaml in %PROGRAMDATA%\\baton-okta), or the one that BATON_CONFIG_PATH names: YAML, one setting a line, named as the flag is, in any case (domain: acme.okta.com). Where a flag takes JSON, the object may stand there itself. A name that is no setting is passed over, with a warning.",
        "BATON_TMPDIR is where temporary files lie where --c1z-temp-dir is not given. BATON_KEEP_SYNC_COUNT says how many finished syncs a snapshot keeps (2); BATON_SKIP_CLEANUP=true keeps all.",
      ],
      width,
    ),
    section("Variables", twoColumns(rows, width)),
  ].join("\n");
}

function exitCodes(width: number): string {
  const rows = Object.entries(EXIT_MEANINGS).map(([code, meaning]): Row => [code, meaning]);
  return [paragraphs([`${PAGES["exit-codes"]!.summary}.`], width), twoColumns(rows, width)].join("\n");
}

function topicFlags(topic: string): Settings {
  return Object.fromEntries(Object.entries(FLAGS).filter(([, flag]) => flag.topic === topic));
}

function flagRows(flags: Settings, width: number, variables: boolean): string {
  const rows = Object.entries(flags).map(([name, setting]): Row => {
    const short = setting.short === undefined ? "" : `-${setting.short}, `;
    const value = setting.placeholder === undefined ? "" : ` ${setting.placeholder}`;
    return [`${short}--${name}${value}`, `${setting.description}${notes(name, setting, variables)}`];
  });
  return twoColumns(rows, width);
}

function notes(name: string, setting: Setting, variables: boolean): string {
  const notes: string[] = [];
  if (setting.choices !== undefined && setting.choices.length > 1) notes.push(setting.choices.join(" | "));
  if (setting.default !== undefined && setting.default !== false) notes.push(`default ${setting.default}`);
  if (setting.type === "boolean" && setting.default === true) notes.push(`--${name}=false turns it off`);
  if (setting.secret && variables) notes.push(`better as ${variableOf(name)}`);
  return notes.length === 0 ? "" : ` (${notes.join("; ")})`;
}

function paragraphs(texts: readonly string[], width: number): string {
  return texts.map((text) => `${wrap(text, width).join("\n")}\n`).join("\n");
}

function section(title: string, body: string): string {
  return `${title}:\n${body}`;
}
