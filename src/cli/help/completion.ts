import { COMMANDS } from "../commands.ts";
import { helpNames } from "./help.ts";

/** The shells that completion scripts are made for. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

export type Shell = (typeof SHELLS)[number];

interface Words {
  readonly name: string;
  readonly summary: string;
  readonly words: readonly string[];
  readonly files: boolean;
  readonly flags: readonly CompletedFlag[];
}

interface CompletedFlag {
  readonly name: string;
  readonly short: string | undefined;
  readonly description: string;
  readonly choices: readonly string[];
  /** Whether a value follows: a switch takes none. */
  readonly value: boolean;
  /** Whether the value is a path. */
  readonly path: boolean;
}

/** The completion script for a shell. It is complete in itself: pressing Tab starts no program. */
export function completionScript(shell: Shell): string {
  const commands = known();
  return { bash, zsh, fish, powershell }[shell](commands);
}

function known(): Words[] {
  return Object.entries(COMMANDS).map(([name, command]) => ({
    name,
    summary: command.summary,
    words: name === "help" ? [...new Set(helpNames())] : (command.words ?? []),
    files: command.files ?? false,
    flags: [
      ...Object.entries(command.flags).map(([flag, { short, description, choices, type, placeholder }]) => ({
        name: flag,
        short,
        description,
        choices: choices ?? [],
        value: type !== "boolean",
        path: ["FILE", "DIR", "PATHS"].includes(placeholder ?? ""),
      })),
      { name: "help", short: "h", description: "Show help", choices: [], value: false, path: false },
    ],
  }));
}

function bash(commands: readonly Words[]): string {
  const cases = commands.map(({ name, words, files, flags }) => {
    const values = flags
      .filter(({ value }) => value)
      .map((flag) => {
        const names = [`--${flag.name}`, ...(flag.short ? [`-${flag.short}`] : [])].join("|");
        const answer = flag.choices.length > 0 ? listOf(flag.choices) : flag.path ? "compgen -f" : ":";
        return `        ${names}) ${reply(answer)} ;;`;
      });
    const plain = [...words, ...flags.map((flag) => `--${flag.name}`)];
    return `    ${name})
      case "$prev" in
${values.join("\n")}
        *) ${reply(listOf(plain))}${files ? '; COMPREPLY+=($(compgen -f -- "$cur"))' : ""} ;;
      esac ;;`;
  });
  return `# bash completion for baton-okta
_baton_okta() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ] && [[ "$cur" != -* ]]; then
    ${reply(listOf(commands.map(({ name }) => name)))}
    return
  fi
  [[ "$command" == -* ]] && command=sync
  case "$command" in
${cases.join("\n")}
  esac
}
complete -o filenames -F _baton_okta baton-okta
`;
}

function listOf(words: readonly string[]): string {
  return `compgen -W '${words.join(" ")}'`;
}

function reply(generator: string): string {
  return generator === ":" ? ":" : `COMPREPLY=($(${generator} -- "$cur"))`;
}

function zsh(commands: readonly Words[]): string {
  const quoted = (text: string) =>
    text.replaceAll("'", "'\\''").replaceAll("[", "\\[").replaceAll("]", "\\]").replaceAll(":", "\\:");
  const specs = ({ words, files, flags }: Words): string =>
    [
      ...flags.map((flag) => {
        const action = flag.choices.length > 0 ? `(${flag.choices.join(" ")})` : flag.path ? "_files" : " ";
        const name = flag.value ? `--${flag.name}=` : `--${flag.name}`;
        return `'${name}[${quoted(flag.description)}]${flag.value ? `:value:${action}` : ""}'`;
      }),
      ...(words.length > 0 ? [`'1:what:(${words.join(" ")})'`] : []),
      ...(files ? ["'*:file:_files'"] : []),
    ].join(" \\\n        ");
  return `#compdef baton-okta
_baton_okta() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    '${name}:${quoted(summary)}'`).join("\n")}
  )
  if (( CURRENT == 2 )) && [[ "$words[2]" != -* ]]; then
    _describe command commands
    return
  fi
  local command="$words[2]"
  if [[ "$command" == -* ]]; then
    command=sync
  else
    shift words
    (( CURRENT-- ))
  fi
  case "$command" in
${commands.map((command) => `    ${command.name})\n      _arguments \\\n        ${specs(command)} ;;`).join("\n")}
  esac
}
if [ "$funcstack[1]" = "_baton_okta" ]; then _baton_okta "$@"; else compdef _baton_okta baton-okta; fi
`;
}

function fish(commands: readonly Words[]): string {
  const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = ["# fish completion for baton-okta", "complete -c baton-okta -f"];
  const none = "__fish_use_subcommand";
  for (const { name, summary, words, files, flags } of commands) {
    const on = `__fish_seen_subcommand_from ${name}`;
    lines.push(`complete -c baton-okta -n ${quoted(none)} -a ${name} -d ${quoted(summary)}`);
    if (words.length > 0) lines.push(`complete -c baton-okta -n ${quoted(on)} -a ${quoted(words.join(" "))}`);
    if (files) lines.push(`complete -c baton-okta -n ${quoted(on)} -F`);
    for (const flag of flags) {
      const where = name === "sync" ? `${none}; or ${on}` : on;
      const parts = [`complete -c baton-okta -n ${quoted(where)} -l ${flag.name}`];
      if (flag.short !== undefined) parts.push(`-s ${flag.short}`);
      if (flag.value) parts.push(flag.path ? "-r -F" : "-x");
      if (flag.choices.length > 0) parts.push(`-a ${quoted(flag.choices.join(" "))}`);
      lines.push(`${parts.join(" ")} -d ${quoted(flag.description)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function powershell(commands: readonly Words[]): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const entry = ({ name, words, flags }: Words) => {
    const results = [
      ...words.map((word) => `@(${quoted(word)}, ${quoted(word)})`),
      ...flags.map((flag) => `@(${quoted(`--${flag.name}`)}, ${quoted(flag.description)})`),
    ];
    return `    ${quoted(name)} = @(\n      ${results.join(",\n      ")}\n    )`;
  };
  const choices = new Map<string, readonly string[]>();
  for (const { name, flags } of commands) {
    for (const flag of flags) if (flag.choices.length > 0) choices.set(`${name} --${flag.name}`, flag.choices);
  }
  const values = [...choices].map(([key, list]) => `    ${quoted(key)} = @(${list.map(quoted).join(", ")})`);
  return `# PowerShell completion for baton-okta
Register-ArgumentCompleter -Native -CommandName baton-okta -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $commands = [ordered]@{
${commands.map(({ name, summary }) => `    ${quoted(name)} = ${quoted(summary)}`).join("\n")}
  }
  $words = @{
${commands.map(entry).join("\n")}
  }
  $values = @{
${values.join("\n")}
  }
  $typed = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($wordToComplete -ne '' -and $typed.Count -gt 0) { $typed = @($typed | Select-Object -SkipLast 1) }
  $command = if ($typed.Count -gt 0 -and -not $typed[0].StartsWith('-')) { $typed[0] } else { 'sync' }
  $previous = if ($typed.Count -gt 0) { $typed[-1] } else { '' }
  $found = @()
  if ($values.ContainsKey("$command $previous")) {
    $found += $values["$command $previous"] | ForEach-Object { ,@($_, $_) }
  } else {
    if ($typed.Count -eq 0) { $found += $commands.Keys | ForEach-Object { ,@($_, $commands[$_]) } }
    if ($words.ContainsKey($command)) { $found += $words[$command] }
  }
  $found | Where-Object { $_[0] -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_[0], $_[0], 'ParameterValue', $_[1])
  }
}
`;
}
